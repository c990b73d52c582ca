import type { Customer } from '../entities/customer.entity.js';
import { AppError } from '../shared/app-error.js';

/** The KYC round that a decision belongs to. */
export interface DecisionOrigin {
  /** The round given with the decision; `null`: not given. */
  round: number | null;
  /** Time of the decision. */
  decidedAt: Date;
}

type Round = Pick<Customer, 'kycRound' | 'kycRoundBeganAt'>;

/**
 * Refuses a decision of an earlier round. Without a round number, a decision made before the current round began is
 * refused.
 * @throws AppError kyc_round_mismatch
 */
export function assertOfCurrentRound(
  { kycRound, kycRoundBeganAt }: Round,
  { round, decidedAt }: DecisionOrigin,
): void {
  const isOld = kycRoundBeganAt !== null && decidedAt < kycRoundBeganAt;
  if (round === null ? isOld : round !== kycRound) throw new AppError('kyc_round_mismatch');
}

export function nextRound({ kycRound }: Round, now: Date): Round {
  return { kycRound: kycRound + 1, kycRoundBeganAt: now };
}
