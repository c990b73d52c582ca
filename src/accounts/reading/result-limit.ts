import { AppError } from '../../shared/app-error.js';

/** A list without pages is whole or refused, never cut: who reads it could not tell. */
export const MAX_UNPAGED = 10_000;

/** Give it one item more than allowed to ask for. @throws AppError result_too_large */
export function assertNotTooLarge<T>(items: T[]): T[] {
  if (items.length > MAX_UNPAGED) throw new AppError('result_too_large');
  return items;
}
