import type { TransferKind } from '../entities/transfer.entity.js';

/** Details of a transfer beside its two accounts and its amount. */
export interface TransferDetails {
  /** The caller's own name for it, unique on the platform. */
  reference: string | null;
  description: string | null;
  /** `2026-01-31`: the day it counts for. `null`: the day it is posted, in UTC. */
  effectiveDate: string | null;
  metadata: Readonly<Record<string, string>>;
}

/** An amount to be moved. */
export interface Leg extends TransferDetails {
  kind: TransferKind;
  debitAccountId: string;
  creditAccountId: string;
  amountMinor: bigint;
  reversesId?: string;
  holdId?: string;
}

/** A transfer as it was written. */
export interface PostedTransfer extends Leg {
  platformId: string;
  id: string;
  /** Id of the first transfer that was posted with it. */
  journalId: string;
  currencyCode: string;
  debitPostedMinor: bigint;
  creditPostedMinor: bigint;
  postedAt: Date;
  effectiveDate: string;
}
