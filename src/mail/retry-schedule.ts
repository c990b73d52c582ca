const FIRST_DELAY_MS = 60_000;
const LONGEST_DELAY_MS = 4 * 60 * 60_000;
/** A minute, two, four … and then every four hours: two days in all. */
export const MAX_ATTEMPTS = 20;
/** Part of a delay by which it may differ, so that what failed together does not come back together. */
const JITTER = 0.1;

/**
 * How long to wait after an attempt that failed for now, in milliseconds; `null` when it was the last.
 * @param attempts how many there were, this one included
 * @param random of [0, 1)
 */
export function retryDelayMs(attempts: number, random: number): number | null {
  if (attempts >= MAX_ATTEMPTS) return null;
  const delay = Math.min(FIRST_DELAY_MS * 2 ** (attempts - 1), LONGEST_DELAY_MS);
  return Math.round(delay * (1 + JITTER * (2 * random - 1)));
}
