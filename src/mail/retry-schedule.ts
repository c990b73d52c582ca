const FIRST_DELAY_MS = 60_000;
const LONGEST_DELAY_MS = 4 * 60 * 60_000;
/** Waits of 1, 2, 4 … minutes, then every four hours: two days in total. */
export const MAX_ATTEMPTS = 20;
/** Maximum deviation from the delay, as a fraction, so that e-mails that failed together are not retried together. */
const JITTER = 0.1;

/**
 * The delay after a temporary failure, in milliseconds; `null`: it was the last attempt.
 * @param attempts number of attempts, including this one
 * @param random in [0, 1)
 */
export function retryDelayMs(attempts: number, random: number): number | null {
  if (attempts >= MAX_ATTEMPTS) return null;
  const delay = Math.min(FIRST_DELAY_MS * 2 ** (attempts - 1), LONGEST_DELAY_MS);
  return Math.round(delay * (1 + JITTER * (2 * random - 1)));
}
