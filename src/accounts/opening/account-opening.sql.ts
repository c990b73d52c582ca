import { AUDIT_COLUMNS, appendSql, type AuditRecord } from '../../audit/audit-trail.service.js';
import { EFFECTIVE_JURISDICTION_SQL, eligibilityColumnsSql } from '../../customers/customer-eligibility.js';
import type { LockMode } from '../../concurrency/batcher.js';
import { prepare, type PreparedStatement } from '../../database/prepared.js';
import { PLATFORM_ID, type RowColumn, rowsSql } from '../../database/row-columns.js';
import type { EventPayloads } from '../../events/event-payloads.js';
import { publishSql } from '../../events/outbox.service.js';
import { claimSql, type IdempotentRequest, RECORD_COLUMNS } from '../../idempotency/idempotency.service.js';
import { openBalanceSql } from '../../ledger/open-balance.js';
import type { AccountView } from '../reading/account-view.js';
import { duplicateSql } from './duplicates.sql.js';
import type { Opening } from './opening.js';
import type { OpeningFacts } from './opening-rules.js';

/** @param now placeholder of the time parameter */
export const factsSql = (now: string): string => `${eligibilityColumnsSql(now)},
    product.status AS "productStatus", product.max_accounts_per_customer AS "maxAccountsPerCustomer",
    product.duplicate_rule AS "duplicateRule",
    currency.code AS "currencyCode", COALESCE(currency.enabled, false) AS enabled,
    (SELECT true FROM jurisdiction_currencies jc WHERE jc.jurisdiction_code = ${EFFECTIVE_JURISDICTION_SQL}
       AND jc.currency_code = currency.code LIMIT 1) IS NOT NULL AS "enabledInJurisdiction"`;

/** @param of SQL of the product id, and of the currency code that is used when there is no product */
export const referenceSql = (of: { product: string; currency: string }): string => `
  LEFT JOIN products product ON product.id = ${of.product}
  LEFT JOIN currencies currency ON currency.code = COALESCE(product.currency_code, ${of.currency})`;

/** SQL of the customer of `request`. LIMIT 1 makes the planner look each customer up by primary key. */
export const customerSql = (request: string): string =>
  `SELECT * FROM customers WHERE platform_id = ${request}.platform_id AND id = ${request}.customer_id LIMIT 1`;

export const REQUEST_COLUMNS: readonly RowColumn<Opening>[] = [
  PLATFORM_ID,
  { name: 'customer_id', type: 'bigint', of: ({ customerId }) => customerId },
  {
    name: 'product_id',
    // A request may name any integer up to 2^53 - 1.
    type: 'bigint',
    of: (opening) => (opening.channel === 'workspace' ? opening.productId : null),
  },
  {
    name: 'currency',
    type: 'text',
    of: (opening) => (opening.channel === 'workspace' ? null : opening.currencyCode),
  },
];

/**
 * Locks the customers' rows, reads the facts that the rules need, and reserves the ids of the accounts and balances.
 * `$1` is the time; `REQUEST_COLUMNS` follow. Runs inside the transaction that inserts.
 *
 * The rows are locked in the order of (platform_id, customer_id). A KYC decision on the same customer therefore waits
 * for this transaction, or commits before it and is read by it. Openings of a product lock FOR NO KEY UPDATE, so that
 * they exclude each other per customer, because the cap counts rows that do not exist yet; openings of a currency lock
 * FOR SHARE. Duplicates and caps are counted by `INSERT_ACCOUNTS`, because the snapshot of this statement may be older
 * than its locks.
 * @param lockMode with `skipLocked`, customers that another transaction has locked are missing from the result
 */
function lockAndReadFacts(channel: 'product' | 'currency', lockMode: LockMode): PreparedStatement {
  const lock = `${channel === 'product' ? 'NO KEY UPDATE' : 'SHARE'}${lockMode === 'wait' ? '' : ' SKIP LOCKED'}`;
  return prepare(
    `lock-and-read-facts-of-${channel}${lockMode === 'wait' ? '-waiting' : ''}`,
    `WITH request AS MATERIALIZED (
    SELECT * FROM ${rowsSql(REQUEST_COLUMNS, 2, 'request')} ORDER BY platform_id, customer_id
  )
  SELECT request.number::int, ${factsSql('$1')},
    nextval('accounts_id_seq') AS "accountId", nextval('balances_id_seq') AS "balanceId"
  FROM request
  CROSS JOIN LATERAL (${customerSql('request')} FOR ${lock}) c
  JOIN platforms p ON p.id = c.platform_id
  ${referenceSql({ product: 'request.product_id', currency: 'request.currency' })}`,
  );
}

/** By kind of opening (an account of a product, or of a currency) and by lock mode. */
export const LOCK_AND_READ_FACTS = {
  product: {
    skipLocked: lockAndReadFacts('product', 'skipLocked'),
    wait: lockAndReadFacts('product', 'wait'),
  },
  currency: {
    skipLocked: lockAndReadFacts('currency', 'skipLocked'),
    wait: lockAndReadFacts('currency', 'wait'),
  },
} as const;

export type FactsRow = Omit<OpeningFacts, 'allowedCurrencies' | 'duplicate' | 'capReached'> & {
  /** Position of the request, from 1. */
  number: number;
  accountId: string;
  balanceId: string;
};

/** An account to insert, with the rows that are inserted with it. */
export interface NewAccount {
  opening: Opening;
  account: AccountView;
  maxAccounts: number | null;
  duplicateRule: string | null;
  /** The idempotency record; `receipt` is the encrypted stored response. `null`: the request carried no key. */
  record: (IdempotentRequest & { receipt: Buffer }) | null;
  entry: AuditRecord;
  event: EventPayloads['account.opened'];
}

const NEW_COLUMNS: readonly RowColumn<NewAccount>[] = [
  { name: 'platform_id', type: 'bigint', of: ({ opening }) => opening.platformId },
  { name: 'id', type: 'bigint', of: ({ account }) => account.id },
  { name: 'customer_id', type: 'bigint', of: ({ account }) => account.customerId },
  { name: 'channel', type: 'text', of: ({ account }) => account.channel },
  { name: 'public_id', type: 'text', of: ({ account }) => account.publicId },
  { name: 'account_number', type: 'text', of: ({ account }) => account.number },
  { name: 'currency_code', type: 'text', of: ({ account }) => account.currency.code },
  { name: 'workspace_id', type: 'bigint', of: ({ opening }) => workspaceOf(opening) },
  { name: 'product_id', type: 'int', of: ({ account }) => account.product?.id ?? null },
  { name: 'alias', type: 'text', of: ({ account }) => account.alias ?? '' },
  { name: 'account_identifier', type: 'text', of: ({ account }) => account.accountIdentifier },
  { name: 'display_name', type: 'text', of: ({ account }) => account.displayName },
  { name: 'contact_email', type: 'text', of: ({ account }) => account.contactEmail },
  { name: 'emails', type: 'jsonb', of: ({ account }) => JSON.stringify(account.fundingNotificationEmails) },
  { name: 'balance_id', type: 'bigint', of: ({ account }) => account.balance.id },
  { name: 'max_accounts', type: 'int', of: ({ maxAccounts }) => maxAccounts },
  { name: 'duplicate_rule', type: 'text', of: ({ duplicateRule }) => duplicateRule },
  { name: 'event_data', type: 'jsonb', of: ({ event }) => JSON.stringify(event) },
];

function workspaceOf(opening: Opening): string | null {
  return opening.channel === 'workspace' ? opening.workspaceId : null;
}

/**
 * The row parameters of `INSERT_ACCOUNTS`. They follow `$1`, the time, and `$2`, the expiry of the idempotency records.
 */
export const INSERT_ACCOUNTS_COLUMNS: readonly RowColumn<NewAccount>[] = [
  ...NEW_COLUMNS,
  ...partOf(RECORD_COLUMNS, ({ record }) => record),
  ...partOf(AUDIT_COLUMNS, ({ entry }) => entry),
];

/** Columns of a row that is inserted with an account. */
function partOf<Part>(
  columns: readonly RowColumn<Part>[],
  part: (row: NewAccount) => Part,
): RowColumn<NewAccount>[] {
  return columns.map((column) => ({ ...column, of: (row) => column.of(part(row)) }));
}

/**
 * SQL of a boolean: whether the customer of `request` has reached the product's maximum number of accounts.
 * @param cap SQL of that maximum; null: the product has none, and nothing is counted
 */
export function capReachedSql(cap: string): string {
  // `+ 0` keeps the planner from scanning the product's accounts: it scans the customer's, of which there are few.
  return `CASE WHEN ${cap} IS NULL THEN false ELSE ${cap} <= (SELECT count(*) FROM accounts counted
    WHERE counted.platform_id = request.platform_id AND counted.customer_id = request.customer_id
      AND counted.channel = 'workspace' AND counted.product_id + 0 = request.product_id
      AND counted.status <> 'closed') END`;
}

/**
 * Writes the whole effect in one statement: idempotency records, accounts, balances, audit entries, events.
 *
 * CTE order: duplicate and cap counts (`counted`), the idempotency insert (`claim`), then account, balance, audit entry
 * and event, all from `ready`. A request that is a duplicate, exceeds its cap or loses its idempotency key writes
 * nothing. A duplicate that this statement's snapshot cannot see violates its named unique constraint.
 */
export const INSERT_ACCOUNTS = prepare(
  'open-accounts',
  `WITH request AS MATERIALIZED (SELECT * FROM ${rowsSql(INSERT_ACCOUNTS_COLUMNS, 3, 'request')}),
counted AS MATERIALIZED (
  SELECT request.*, ${duplicateSql('request')} AS duplicate,
    ${capReachedSql('max_accounts')} AS cap_reached
  FROM request
), allowed AS MATERIALIZED (
  SELECT * FROM counted WHERE NOT duplicate AND NOT cap_reached
), claim AS (
  ${claimSql('allowed', '$1', '$2')}
), ready AS MATERIALIZED (
  SELECT * FROM allowed
  WHERE key IS NULL OR (claim_platform_id, scope, key) IN (SELECT platform_id, scope, key FROM claim)
), account AS (
  INSERT INTO accounts (platform_id, id, customer_id, channel, public_id, number, currency_code, status,
    workspace_id, product_id, alias, account_identifier, display_name, contact_email,
    funding_notification_emails, created_at, updated_at, duplicate_key)
  SELECT platform_id, id, customer_id, channel, public_id, account_number, currency_code, 'active',
    workspace_id, product_id, alias, account_identifier, display_name, contact_email,
    ARRAY(SELECT jsonb_array_elements_text(emails)), $1::timestamptz, $1::timestamptz,
    CASE duplicate_rule WHEN 'one_per_currency' THEN 'currency:' || currency_code
      WHEN 'one_per_product_and_alias' THEN 'product:' || product_id || ':' || alias END
  FROM ready ORDER BY platform_id, channel, customer_id, currency_code, account_identifier
), balance AS (
  ${openBalanceSql('(SELECT *, $1::timestamptz AS created_at FROM ready ORDER BY id) account', 'balance_id')}
), ${appendSql('ready', '$1')}, event AS (
  ${publishSql(`(SELECT platform_id, 'account.opened' AS type, object_id, event_data AS data,
    $1::timestamptz AS occurred_at, number FROM ready) account`)}
)
SELECT counted.number::int, counted.duplicate, counted.cap_reached AS "capReached", ready.number IS NOT NULL AS opened
FROM counted LEFT JOIN ready ON ready.number = counted.number`,
);

export interface InsertedAccountRow {
  /** Position of the account in the parameters, from 1. */
  number: number;
  opened: boolean;
  duplicate: boolean;
  capReached: boolean;
}
