import type { TransferKind } from '../entities/transfer.entity.js';

/** The fields of a transfer besides its accounts and its amount. */
export interface TransferDetails {
  /** The caller's own reference, unique on the platform. */
  reference: string | null;
  description: string | null;
  /** The effective date, such as `2026-01-31`. `null`: the date of posting, in UTC. */
  effectiveDate: string | null;
  metadata: Readonly<Record<string, string>>;
}

/** One transfer to post. */
export interface Leg extends TransferDetails {
  kind: TransferKind;
  debitAccountId: string;
  creditAccountId: string;
  amountMinor: bigint;
  reversesId?: string;
  holdId?: string;
}

/** A posted transfer. */
export interface PostedTransfer extends Leg {
  platformId: string;
  id: string;
  /** Id of the first transfer of the same journal. */
  journalId: string;
  currencyCode: string;
  debitPostedMinor: bigint;
  creditPostedMinor: bigint;
  postedAt: Date;
  effectiveDate: string;
}
