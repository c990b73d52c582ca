import type { EntityManager } from 'typeorm';
import { Jurisdiction } from '../entities/jurisdiction.entity.js';
import { AppError } from '../shared/app-error.js';

/** Accepts `null`. @throws AppError validation_failed at `path` when the jurisdiction does not exist */
export async function assertJurisdiction(
  tx: EntityManager,
  path: string,
  code: string | null,
): Promise<void> {
  if (code === null || (await tx.existsBy(Jurisdiction, { code }))) return;
  const field = { path, constraint: 'range' as const, message: 'must be a jurisdiction of this bank' };
  throw new AppError('validation_failed', { fields: [{ ...field, invalidValue: code }] });
}
