import type { AppError } from './app-error.js';

/** All or none, and some were refused: nothing was written. */
export class BatchRefused extends Error {
  /** @param refusals by the place of what was refused, counted from 0 */
  constructor(readonly refusals: ReadonlyMap<number, AppError>) {
    super(`${refusals.size} of a batch were refused`);
  }
}
