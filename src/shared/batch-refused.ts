import type { AppError } from './app-error.js';

/** An all-or-none batch with refused items: nothing was written. */
export class BatchRefused extends Error {
  /** @param refusals by the index of the refused item, from 0 */
  constructor(readonly refusals: ReadonlyMap<number, AppError>) {
    super(`${refusals.size} of a batch were refused`);
  }
}
