import type { CurrencyView } from '../../currencies/currencies.service.js';
import type { AccountStatus, Channel } from '../../entities/account.entity.js';
import type { BalanceView } from '../../ledger/balances.service.js';
import { availableMinor as availableOf } from '../../ledger/balance-sheet.js';
import type { ProductView } from '../../products/products.service.js';

/** An account as the core knows it; each API presents the part that its contract names. */
export interface AccountView {
  /** Integer in decimal, unique in the installation. */
  id: string;
  /** `acc_…`, never guessable in sequence. */
  publicId: string;
  /** Twelve digits, the last one a check digit. */
  number: string;
  customerId: string;
  channel: Channel;
  status: AccountStatus;
  currency: CurrencyView;
  /** Workspace accounts only. */
  product: ProductView | null;
  holderName: string;
  alias: string | null;
  /** Platform accounts only, as are the next three. */
  accountIdentifier: string | null;
  displayName: string | null;
  contactEmail: string | null;
  fundingNotificationEmails: string[];
  balance: BalanceView;
  createdAt: Date;
  updatedAt: Date;
}

export type { AccountStatus };

/** What may be spent, in minor units: posted less what holds have locked. */
export function availableMinor({ balance }: AccountView): bigint {
  return availableOf(balance);
}
