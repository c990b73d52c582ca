import type { WebhookLimits } from './webhook-limits.js';

/** Maximum deviation from the wait, as a fraction, so that endpoints that failed together are not retried together. */
const JITTER = 0.2;

export interface DeliveryFailure {
  /** Time of the first failed attempt; `null`: this is the first. */
  failingSince: Date | null;
  attemptedAt: Date;
}

/** The next state of a delivery after a failed attempt. */
export type AfterFailure =
  | { status: 'exhausted'; failingSince: Date }
  | { status: 'pending'; failingSince: Date; nextAttemptAt: Date };

/**
 * Exponential backoff: the wait is the time since the first failure plus the first wait, so each wait is twice the
 * previous one: 5 s, 10 s, 20 s, up to the longest.
 * @param random from 0 to below 1
 */
export function afterFailure(
  { failingSince, attemptedAt }: DeliveryFailure,
  limits: Pick<WebhookLimits, 'firstWaitMs' | 'longestWaitMs' | 'givenUpAfterMs'>,
  random: number,
): AfterFailure {
  const since = failingSince ?? attemptedAt;
  const failingMs = attemptedAt.getTime() - since.getTime();
  if (failingMs >= limits.givenUpAfterMs) return { status: 'exhausted', failingSince: since };
  const waitMs = Math.min(failingMs + limits.firstWaitMs, limits.longestWaitMs);
  const jittered = waitMs * (1 - JITTER + 2 * JITTER * random);
  const nextAttemptAt = new Date(attemptedAt.getTime() + Math.round(jittered));
  return { status: 'pending', failingSince: since, nextAttemptAt };
}
