import type { EntityManager } from 'typeorm';
import { AppError, type ErrorCode } from '../shared/app-error.js';
import { BatchRefused } from '../shared/batch-refused.js';
import { toAppError } from './postgres-errors.js';

/** Errors of the service, not refusals of an item: the whole transaction fails with them. */
const OF_THE_SERVICE: ReadonlySet<ErrorCode> = new Set(['service_unavailable', 'internal_error']);

/**
 * Executes the work for each item in order, each in a savepoint. After a refusal it continues as if the item were not
 * there, so that every refused item is found.
 * @param work uses only the `tx` that it is given, of which a refusal rolls back only what that item did
 * @throws BatchRefused when an item was refused; roll back then, as `UnitOfWork` does
 */
export async function allOrNone<Item, Result>(
  tx: EntityManager,
  items: readonly Item[],
  work: (tx: EntityManager, item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const refusals = new Map<number, AppError>();
  for (const [index, item] of items.entries()) {
    try {
      results.push(await tx.transaction((within) => work(within, item)));
    } catch (error) {
      const refusal = toAppError(error);
      if (!(refusal instanceof AppError) || OF_THE_SERVICE.has(refusal.code)) throw error;
      refusals.set(index, refusal);
    }
  }
  if (refusals.size > 0) throw new BatchRefused(refusals);
  return results;
}
