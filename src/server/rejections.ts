import { AppError } from '../shared/app-error.js';
import { type RejectionReason, REJECTION_REASONS } from './concurrency-limiter.js';

/** Spread out, so that requests rejected together are not retried together. */
const RETRY_AFTER_SECONDS = [1, 2, 3];

/** Created once: thousands are thrown per second, and their stack traces carry no information. */
const REJECTIONS = new Map(
  REJECTION_REASONS.map((reason) => {
    const code = reason === 'credential_share' ? 'rate_limited' : 'service_unavailable';
    return [
      reason,
      RETRY_AFTER_SECONDS.map((retryAfterSeconds) => new AppError(code, { retryAfterSeconds })),
    ];
  }),
);

export function toRejection(reason: RejectionReason): AppError {
  const rejections = REJECTIONS.get(reason) ?? [];
  const rejection = rejections[Math.floor(Math.random() * rejections.length)];
  if (rejection === undefined) throw new Error(`no rejection for ${reason}`);
  return rejection;
}
