import type { TransferRecord } from '../ledger/reports/transfer-queries.service.js';
import type { IdempotentCommand } from '../idempotency/idempotent-transaction.service.js';
import type { Leg, PostedTransfer } from '../ledger/posted-transfer.js';
import type { Parties } from './parties.js';

/** The decision on an order: legs to post, or the result of an earlier posting of the same order. */
export type PostingPlan<View> = { legs: readonly Leg[] } | { done: View };

/** Something to be posted between accounts of one platform, all of it or none. */
export interface PostingOrder<View> extends IdempotentCommand<View> {
  platformId: string;
  /** Every account that it may touch. */
  accountIds: readonly string[];
  /** How many transfers it is at most. */
  legCount: number;
  /** The caller's own name for it, which it bears once on a platform. */
  references: readonly string[];
  /**
   * Decides without any I/O: it may be asked again after a deadlock.
   * @param parties the accounts, all there
   * @param known what bears one of its references already
   * @throws AppError a refusal
   */
  plan: (parties: Parties, known: readonly TransferRecord[]) => PostingPlan<View>;
  view: (transfers: readonly PostedTransfer[], parties: Parties) => View;
}
