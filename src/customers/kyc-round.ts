import type { Customer } from '../entities/customer.entity.js';
import { AppError } from '../shared/app-error.js';

/** Which check of the customer a decision comes out of. */
export interface DecisionOrigin {
  /** The round that the decision names; `null`: none. */
  round: number | null;
  /** When it was made. */
  decidedAt: Date;
}

type Round = Pick<Customer, 'kycRound' | 'kycRoundBeganAt'>;

/**
 * A decision that was made before the case was opened again says nothing of what is checked now.
 * @throws AppError kyc_round_mismatch
 */
export function assertOfCurrentRound(
  { kycRound, kycRoundBeganAt }: Round,
  { round, decidedAt }: DecisionOrigin,
): void {
  const isOld = kycRoundBeganAt !== null && decidedAt < kycRoundBeganAt;
  if (round === null ? isOld : round !== kycRound) throw new AppError('kyc_round_mismatch');
}

/** The round after this one. */
export function nextRound({ kycRound }: Round, now: Date): Round {
  return { kycRound: kycRound + 1, kycRoundBeganAt: now };
}
