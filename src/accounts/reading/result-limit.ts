import { AppError } from '../../shared/app-error.js';

/** A list without pages is complete or refused, never truncated: the client could not notice. */
export const MAX_UNPAGED = 10_000;

/** Give it one item more than allowed to ask for. @throws AppError result_too_large */
export function assertNotTooLarge<T>(items: T[]): T[] {
  if (items.length > MAX_UNPAGED) throw new AppError('result_too_large');
  return items;
}
