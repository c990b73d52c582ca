import type { CurrencyView } from '../../currencies/currencies.service.js';
import {
  ACCOUNT_STATUSES,
  type AccountStatus,
  type Channel,
  CHANNELS,
  OPENING_CHANNELS,
  type OpeningChannel,
} from '../../entities/account.entity.js';
import type { BalanceView } from '../../ledger/open-balance.js';
import { availableMinor as availableOf } from '../../ledger/balance-sheet.js';
import type { ProductView } from '../../products/products.service.js';

/** An account with its balance and reference data. Each API returns the fields that its contract names. */
export interface AccountView {
  /** Integer in decimal, unique in the installation. */
  id: string;
  /** `acc_…`, random: the ids of other accounts cannot be derived from it. */
  publicId: string;
  /** Twelve digits; the last one is a check digit. */
  number: string;
  customerId: string;
  channel: Channel;
  status: AccountStatus;
  currency: CurrencyView;
  /** Workspace accounts only. */
  product: ProductView | null;
  holderName: string;
  alias: string | null;
  /** Platform accounts only, as are `displayName`, `contactEmail` and `fundingNotificationEmails`. */
  accountIdentifier: string | null;
  displayName: string | null;
  contactEmail: string | null;
  fundingNotificationEmails: string[];
  balance: BalanceView;
  createdAt: Date;
  updatedAt: Date;
}

export { ACCOUNT_STATUSES, CHANNELS, OPENING_CHANNELS };
export type { AccountStatus, OpeningChannel };

/** Available balance in minor units: the posted balance minus the amount locked by holds. */
export function availableMinor({ balance }: AccountView): bigint {
  return availableOf(balance);
}
