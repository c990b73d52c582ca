import type { EntityManager } from 'typeorm';
import { AppError, type ErrorCode } from '../shared/app-error.js';
import { BatchRefused } from '../shared/batch-refused.js';
import { toAppError } from './postgres-errors.js';

/** What says nothing of the item: the whole has failed then. */
const OF_THE_SERVICE: ReadonlySet<ErrorCode> = new Set(['service_unavailable', 'internal_error']);

/**
 * Acts on each item after those before it, and goes on after a refusal as if that item were not there: so every
 * refused one is known.
 * @param work keeps to the `tx` it is given, of which a refusal takes back only what that item did
 * @throws BatchRefused when one was refused; roll back, as `UnitOfWork` does
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
