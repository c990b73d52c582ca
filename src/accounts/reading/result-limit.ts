import { AppError } from '../../shared/app-error.js';

/** A list without pages is returned whole or refused. It is never truncated, because the client could not detect it. */
export const MAX_UNPAGED = 10_000;

/** @param items read with the limit `MAX_UNPAGED + 1` @throws AppError result_too_large */
export function assertNotTooLarge<T>(items: T[]): T[] {
  if (items.length > MAX_UNPAGED) throw new AppError('result_too_large');
  return items;
}
