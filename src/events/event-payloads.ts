import type { AccountStatus, Channel } from '../entities/account.entity.js';
import type { KycStatus } from '../entities/customer.entity.js';
import type { HoldStatus } from '../entities/hold.entity.js';
import type { TransferKind } from '../entities/transfer.entity.js';

/** The account at the time of the event. */
export interface EventAccount {
  id: string;
  /** Without the `A` of the platform API. */
  number: string;
  publicId: string;
  accountIdentifier: string | null;
  channel: Channel;
  customer: string | null;
  currency: string;
  status: AccountStatus;
}

/** Amounts are in major units, in all event payloads. */
export interface EventTransfer {
  id: string;
  /** Id of the first transfer of the same journal. */
  journal: string;
  kind: TransferKind;
  /** The side of the event's account. */
  side: 'debit' | 'credit';
  amount: number;
  currency: string;
  /** `YYYY-MM-DD` */
  effectiveDate: string;
  postedAt: string;
  reference: string | null;
  description: string | null;
  metadata: Readonly<Record<string, string>>;
  /** Id of the reversed transfer; `null`: not a reversal. */
  reverses: string | null;
}

export interface EventBalance {
  posted: number;
  locked: number;
  available: number;
}

export interface EventHold {
  id: string;
  status: HoldStatus;
  currency: string;
  amount: number;
  captured: number;
  released: number;
  remaining: number;
  expiresAt: string | null;
  reference: string | null;
  description: string | null;
  metadata: Readonly<Record<string, string>>;
}

export interface EventCustomer {
  id: string;
  customerIdentifier: string;
  kycStatus: KycStatus;
  kycRound: number;
  kycExpiresAt: string | null;
}

interface AccountMoved {
  account: EventAccount;
  reason: string | null;
}

interface HoldMoved {
  account: EventAccount;
  hold: EventHold;
}

interface KycMoved {
  customer: EventCustomer;
}

/** The complete payload of each event type, as it is stored and sent (JSON). */
export interface EventPayloads {
  'account.opened': { account: EventAccount };
  'account.frozen': AccountMoved;
  'account.unfrozen': AccountMoved;
  'account.disabled': AccountMoved;
  'account.enabled': AccountMoved;
  'account.closed': AccountMoved;
  'account.reopened': AccountMoved;
  'transfer.posted': { account: EventAccount; transfer: EventTransfer; balance: EventBalance };
  'hold.placed': HoldMoved;
  'hold.captured': HoldMoved;
  'hold.released': HoldMoved;
  'hold.expired': HoldMoved;
  'balance.low': {
    account: EventAccount;
    alert: { id: string; displayName: string; threshold: number };
    available: number;
  };
  'kyc.pending': KycMoved;
  'kyc.approved': KycMoved;
  'kyc.rejected': KycMoved;
  'kyc.expired': KycMoved;
}
