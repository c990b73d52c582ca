import type { WebhookLimits } from './webhook-limits.js';

/** Of the wait, at most this much more or less: endpoints that failed together are not tried together. */
const JITTER = 0.2;

export interface DeliveryFailure {
  /** When the first attempt failed; `null`: this is the first. */
  failingSince: Date | null;
  attemptedAt: Date;
}

/** State of a delivery after a failed attempt. */
export type AfterFailure =
  | { status: 'exhausted'; failingSince: Date }
  | { status: 'pending'; failingSince: Date; nextAttemptAt: Date };

/**
 * It waits as long as it has been failing and the first wait on top, so each wait is twice the one before: 5 s, 10 s,
 * 20 s, to the longest.
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
