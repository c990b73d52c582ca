import type { EntityManager } from 'typeorm';
import { kycStatusSql } from '../customers/customer-standing.js';
import type { AccountStatus, Channel } from '../entities/account.entity.js';
import type { CustomerStatus } from '../entities/customer.entity.js';
import type { PlatformStatus } from '../entities/platform.entity.js';
import { AppError } from '../shared/app-error.js';
import { postingRefusal, type Side } from './policies/posting-rules.js';

/** An account that takes part in a posting, with what decides whether it may. */
export interface Party {
  platformId: string;
  id: string;
  number: string;
  publicId: string;
  accountIdentifier: string | null;
  displayName: string | null;
  contactEmail: string | null;
  channel: Channel;
  customerId: string | null;
  currencyCode: string;
  decimals: number;
  status: AccountStatus;
  customerStatus: CustomerStatus | null;
  debitsRestricted: boolean;
  platformStatus: PlatformStatus;
}

/**
 * Accounts and their holders as they stand, locked against change until the transaction ends. A KYC approval whose
 * time has run out restricts debits also before that was noted, where the platform says that it does.
 */
const PARTIES_SQL = `WITH account AS MATERIALIZED (
    SELECT * FROM accounts WHERE platform_id = $1 AND id = ANY($2::bigint[]) FOR SHARE
  ), customer AS MATERIALIZED (
    SELECT * FROM customers WHERE platform_id = $1 AND id IN (SELECT customer_id FROM account) FOR SHARE
  )
  SELECT a.platform_id AS "platformId", a.id, a.number, a.public_id AS "publicId",
    a.account_identifier AS "accountIdentifier", a.display_name AS "displayName",
    a.contact_email AS "contactEmail", a.channel, a.customer_id AS "customerId",
    a.currency_code AS "currencyCode", currency.decimals, a.status, c.status AS "customerStatus",
    COALESCE(c.debits_restricted OR (p.kyc_expiry_restricts_debits AND ${kycStatusSql('$3')} = 'expired'),
      false) AS "debitsRestricted",
    p.status AS "platformStatus"
  FROM account a
  JOIN platforms p ON p.id = a.platform_id
  JOIN currencies currency ON currency.code = a.currency_code
  LEFT JOIN customer c ON c.id = a.customer_id`;

export type Parties = ReadonlyMap<string, Party>;

/** Give it accounts whose balances are locked. */
export async function lockParties(
  tx: EntityManager,
  { platformId, accountIds, now }: { platformId: string; accountIds: readonly string[]; now: Date },
): Promise<Parties> {
  const rows = await tx.query<Party[]>(PARTIES_SQL, [platformId, accountIds, now]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** @throws AppError object_not_found */
export function partyOf(parties: Parties, accountId: string): Party {
  const party = parties.get(accountId);
  if (party === undefined) throw new AppError('object_not_found');
  return party;
}

/** @throws AppError of the first rule that does not hold (policies/posting-rules.ts) */
export function assertMay(side: Side, { status, customerStatus, debitsRestricted }: Party): void {
  const refusal = postingRefusal(side, { accountStatus: status, customerStatus, debitsRestricted });
  if (refusal !== null) throw new AppError(refusal);
}
