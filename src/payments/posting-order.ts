import type { TransferRecord } from '../ledger/reports/transfer-queries.service.js';
import type { IdempotentCommand } from '../idempotency/idempotent-transaction.service.js';
import type { Leg, PostedTransfer } from '../ledger/posted-transfer.js';
import type { Parties } from './parties.js';

/** The decision on an order with locked accounts: legs to post, or the result of an earlier posting. */
export type PostingPlan<View> = { legs: readonly Leg[] } | { done: View };

/** A posting between accounts of one platform, executed whole or not at all. */
export interface PostingOrder<View> extends IdempotentCommand<View> {
  platformId: string;
  /** All accounts that the legs may use; they are locked. */
  accountIds: readonly string[];
  /** Maximum number of transfers, for which ids are reserved. */
  legCount: number;
  /** The caller's references, each unique on the platform. */
  references: readonly string[];
  /**
   * Decides without I/O. It may be called again after a deadlock.
   * @param parties contains every account of `accountIds`
   * @param known existing transfers that have one of the references
   * @throws AppError a refusal
   */
  plan: (parties: Parties, known: readonly TransferRecord[]) => PostingPlan<View>;
  view: (transfers: readonly PostedTransfer[], parties: Parties) => View;
}
