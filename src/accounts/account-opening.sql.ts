import { APPEND_PARAMETERS, appendSql } from '../audit/audit-trail.service.js';
import { publishSql } from '../events/outbox.service.js';
import { EFFECTIVE_JURISDICTION_SQL, standingColumnsSql } from '../customers/customer-standing.js';
import { CLAIM_SQL } from '../idempotency/idempotency.service.js';
import { openBalanceSql } from '../ledger/open-balance.js';
import type { OpeningFacts } from './policies/opening-rules.js';

/** @param now place of a parameter */
const factsSql = (now: string): string => `SELECT ${standingColumnsSql(now)},
    product.status AS "productStatus", product.max_accounts_per_customer AS "maxAccountsPerCustomer",
    product.duplicate_rule AS "duplicateRule",
    currency.code AS "currencyCode", COALESCE(currency.enabled, false) AS enabled,
    EXISTS (SELECT 1 FROM jurisdiction_currencies jc
            WHERE jc.jurisdiction_code = ${EFFECTIVE_JURISDICTION_SQL}
              AND jc.currency_code = currency.code) AS "enabledInJurisdiction"`;

const FROM = `FROM customers c
  JOIN platforms p ON p.id = c.platform_id
  LEFT JOIN products product ON product.id = $4::int
  LEFT JOIN currencies currency ON currency.code = COALESCE(product.currency_code, $3::text)
  WHERE c.platform_id = $1 AND c.id = $2`;

/**
 * Everything the rules need, read inside the deciding transaction, and the ids of what may be written.
 *
 * `$1` platform, `$2` customer, `$3` currency code or null, `$4` product id or null (its currency then counts), `$5` the
 * time.
 * The customer's row is locked: a KYC decision waits for this opening or is seen by it. Openings of a product
 * exclude each other per customer, because its cap counts rows that do not exist yet; others only share. What is
 * counted is left to `OPEN_SQL`: this statement's snapshot may be older than its lock.
 */
export function decideSql(exclusive: boolean): string {
  return `${factsSql('$5')}, nextval('accounts_id_seq') AS "accountId", nextval('balances_id_seq') AS "balanceId"
  ${FROM} FOR ${exclusive ? 'NO KEY UPDATE' : 'SHARE'} OF c`;
}

export type DecidingRow = Omit<OpeningFacts, 'allowedCurrencies' | 'duplicate' | 'capReached'> & {
  accountId: string;
  balanceId: string;
};

interface TwinParameters {
  platformId: string;
  customerId: string;
  channel: string;
  currencyCode: string;
  accountIdentifier: string;
  workspaceId: string;
  productId: string;
  alias: string;
  duplicateRule: string;
}

/** SQL that finds the accounts that count as the same as the one to be opened; each part is SQL of a value. */
function twinsSql(at: TwinParameters): string {
  return `SELECT 1 FROM accounts twin WHERE twin.platform_id = ${at.platformId} AND twin.channel = ${at.channel}
    AND CASE twin.channel
      WHEN 'owner' THEN twin.customer_id = ${at.customerId} AND twin.currency_code = ${at.currencyCode}
        AND twin.status <> 'closed'
      WHEN 'platform' THEN twin.account_identifier = ${at.accountIdentifier}
      ELSE twin.workspace_id = ${at.workspaceId} AND twin.status <> 'closed' AND CASE ${at.duplicateRule}
        WHEN 'one_per_currency' THEN twin.currency_code = ${at.currencyCode}
        WHEN 'one_per_product_and_alias' THEN twin.product_id = ${at.productId} AND twin.alias = ${at.alias}
        ELSE false END
      END`;
}

/** SQL of how many accounts of the product the customer has. */
function accountsOfProductSql(platformId: string, customerId: string, productId: string): string {
  return `SELECT count(*) FROM accounts counted
    WHERE counted.platform_id = ${platformId} AND counted.customer_id = ${customerId}
      AND counted.channel = 'workspace' AND counted.product_id = ${productId} AND counted.status <> 'closed'`;
}

/**
 * The same facts without a lock, for a rehearsal, and what is counted with them: `$5` channel, `$6` account
 * identifier, `$7` workspace, `$8` alias, `$9` the time.
 */
export const REHEARSE_SQL = `${factsSql('$9')},
    EXISTS (${twinsSql({
      ...{ platformId: '$1', customerId: '$2', channel: '$5::text', currencyCode: 'currency.code' },
      ...{
        accountIdentifier: '$6::text',
        workspaceId: '$7::bigint',
        productId: '$4::int',
        alias: '$8::text',
      },
      duplicateRule: 'product.duplicate_rule',
    })}) AS duplicate,
    COALESCE(product.max_accounts_per_customer <= (${accountsOfProductSql('$1', '$2', '$4::int')}), false)
      AS "capReached"
  ${FROM}`;

/** Of the parameters of `OPEN_SQL`, those before the audit entry's. */
const OPEN_PARAMETERS = 25;

/**
 * The whole effect in one statement: the idempotency claim (`$1…$7`, key null for none), the account, its
 * balance, the audit entry, the event. The account waits for the claim and all else for the account, so a lost claim writes
 * nothing, and a double or a reached cap leaves only the claim, which the caller then rolls back. A double that
 * this statement cannot see yet raises its named constraint.
 */
export const OPEN_SQL = `WITH claim AS (
  ${CLAIM_SQL}
), counted AS MATERIALIZED (
  SELECT $11::text = 'workspace' AND EXISTS (${twinsSql({
    ...{
      platformId: '$8::bigint',
      customerId: '$10::bigint',
      channel: '$11::text',
      currencyCode: '$14::text',
    },
    ...{
      accountIdentifier: '$18::text',
      workspaceId: '$15::bigint',
      productId: '$16::int',
      alias: '$17::text',
    },
    duplicateRule: '$25::text',
  })}) AS duplicate,
  COALESCE($24::int <= (${accountsOfProductSql('$8::bigint', '$10::bigint', '$16::int')}), false) AS "capReached"
), account AS (
  INSERT INTO accounts (platform_id, id, customer_id, channel, public_id, number, currency_code, status,
    workspace_id, product_id, alias, account_identifier, display_name, contact_email,
    funding_notification_emails, created_at, updated_at, duplicate_key)
  SELECT $8::bigint, $9::bigint, $10::bigint, $11, $12, $13, $14, 'active',
    $15::bigint, $16::int, $17, $18, $19, $20, $21::text[], $22::timestamptz, $22::timestamptz,
    CASE $25::text WHEN 'one_per_currency' THEN 'currency:' || $14
      WHEN 'one_per_product_and_alias' THEN 'product:' || $16::int || ':' || $17 END
  FROM counted
  WHERE ($3::text IS NULL OR EXISTS (SELECT 1 FROM claim)) AND NOT duplicate AND NOT "capReached"
  RETURNING platform_id, id, currency_code, created_at
), balance AS (
  ${openBalanceSql('account', '$23::bigint')}
), ${appendSql(OPEN_PARAMETERS + 1, 'EXISTS (SELECT 1 FROM account)')}, ${publishSql(
  OPEN_PARAMETERS + APPEND_PARAMETERS + 1,
  'EXISTS (SELECT 1 FROM account)',
)}
SELECT EXISTS (SELECT 1 FROM claim) AS claimed, EXISTS (SELECT 1 FROM account) AS opened, duplicate, "capReached"
FROM counted`;

export interface OpenOutcome {
  claimed: boolean;
  opened: boolean;
  duplicate: boolean;
  capReached: boolean;
}
