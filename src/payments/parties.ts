import type { EntityManager } from 'typeorm';
import { columns } from '../database/columns.js';
import { prepare, runPrepared } from '../database/prepared.js';
import { PLATFORM_ID, type RowColumn, rowsParameters, rowsSql } from '../database/row-columns.js';
import { kycStatusSql } from '../customers/customer-eligibility.js';
import { Account, type AccountStatus, type Channel } from '../entities/account.entity.js';
import { Balance } from '../entities/balance.entity.js';
import type { CustomerStatus } from '../entities/customer.entity.js';
import type { PlatformStatus } from '../entities/platform.entity.js';
import { LOCKED_BALANCE, type LockedBalanceRow } from '../ledger/balances.sql.js';
import { AppError } from '../shared/app-error.js';
import type { TenantObject } from '../shared/object-id.js';
import { postingRefusal, type Side } from './posting-rules.js';

/** An account of a posting, with the facts that the posting rules need. */
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
 * Columns of a `Party`: an account, its holder, its platform and its currency. Where the platform restricts debits on
 * KYC expiry, an approval past its expiry restricts them also before the expiry job has stored that.
 * @param now placeholder of the time
 */
const partyColumnsSql = (now: string): string => `${columns(Account, 'a', [
  'platformId',
  'id',
  'number',
  'publicId',
  'accountIdentifier',
  'displayName',
  'contactEmail',
  'channel',
  'customerId',
  'currencyCode',
  'status',
])}, currency.decimals, c.status AS "customerStatus",
    COALESCE(c.debits_restricted OR (p.kyc_expiry_restricts_debits AND ${kycStatusSql(now)} = 'expired'),
      false) AS "debitsRestricted",
    p.status AS "platformStatus"`;

/** Reads accounts and their holders and locks their rows FOR SHARE. */
const PARTIES_SQL = `WITH account AS MATERIALIZED (
    SELECT * FROM accounts WHERE platform_id = $1 AND id = ANY($2::bigint[]) FOR SHARE
  ), customer AS MATERIALIZED (
    SELECT * FROM customers WHERE platform_id = $1 AND id IN (SELECT customer_id FROM account) FOR SHARE
  )
  SELECT ${partyColumnsSql('$3')}
  FROM account a
  JOIN platforms p ON p.id = a.platform_id
  JOIN currencies currency ON currency.code = a.currency_code
  LEFT JOIN customer c ON c.id = a.customer_id`;

const NAMES: readonly RowColumn<TenantObject>[] = [
  PLATFORM_ID,
  { name: 'account_id', type: 'bigint', of: ({ id }) => id },
];

/**
 * Reads and locks balances, accounts and holders in one statement, each by its key. Rows that another transaction has
 * locked are skipped and missing from the result.
 */
const LOCK_ACCOUNTS_SKIP_LOCKED = prepare(
  'lock-accounts-skip-locked',
  `WITH wanted AS MATERIALIZED (
    SELECT * FROM ${rowsSql(NAMES, 2, 'wanted')} ORDER BY platform_id, account_id
  )
  SELECT ${partyColumnsSql('$1')},
    ${columns(Balance, 'b', LOCKED_BALANCE)}
  FROM wanted
  CROSS JOIN LATERAL (SELECT * FROM balances
    WHERE platform_id = wanted.platform_id AND account_id = wanted.account_id LIMIT 1
    FOR NO KEY UPDATE SKIP LOCKED) b
  CROSS JOIN LATERAL (SELECT * FROM accounts
    WHERE platform_id = wanted.platform_id AND id = wanted.account_id LIMIT 1 FOR SHARE SKIP LOCKED) a
  JOIN platforms p ON p.id = a.platform_id
  JOIN currencies currency ON currency.code = a.currency_code
  LEFT JOIN LATERAL (SELECT * FROM customers
    WHERE platform_id = a.platform_id AND id = a.customer_id LIMIT 1 FOR SHARE SKIP LOCKED) c ON true
  WHERE a.customer_id IS NULL OR c.id IS NOT NULL`,
);

export type LockedAccountRow = Party & LockedBalanceRow;

/** Locks the accounts that no other transaction has locked, with their balances and holders. */
export async function lockAccountsSkipLocked(
  tx: EntityManager,
  names: readonly TenantObject[],
  now: Date,
): Promise<LockedAccountRow[]> {
  return runPrepared<LockedAccountRow>(tx, LOCK_ACCOUNTS_SKIP_LOCKED, [now, ...rowsParameters(NAMES, names)]);
}

export type Parties = ReadonlyMap<string, Party>;

/** The accounts' balance rows must be locked already: the lock order is balance, account, customer. */
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

/** @throws AppError the refusal of the first rule that fails (posting-rules.ts) */
export function assertMay(side: Side, { status, customerStatus, debitsRestricted }: Party): void {
  const refusal = postingRefusal(side, { accountStatus: status, customerStatus, debitsRestricted });
  if (refusal !== null) throw new AppError(refusal);
}
