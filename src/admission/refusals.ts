import { AppError } from '../shared/app-error.js';
import { type Objection, OBJECTIONS } from './admission.js';

/** Work goes on at once; what is refused together shall only not come back together. */
const RETRY_AFTER_SECONDS = [1, 2, 3];

/** Made once: they are needed by the thousand, and the place where each came from says nothing. */
const REFUSALS = new Map(
  OBJECTIONS.map((objection) => {
    const code = objection === 'credential_share' ? 'rate_limited' : 'service_unavailable';
    return [
      objection,
      RETRY_AFTER_SECONDS.map((retryAfterSeconds) => new AppError(code, { retryAfterSeconds })),
    ];
  }),
);

export function toRefusal(objection: Objection): AppError {
  const refusals = REFUSALS.get(objection) ?? [];
  const refusal = refusals[Math.floor(Math.random() * refusals.length)];
  if (refusal === undefined) throw new Error(`nothing is said to ${objection}`);
  return refusal;
}
