import { STANDING_COLUMNS_SQL, EFFECTIVE_JURISDICTION_SQL } from '../customers/customer-standing.js';
import { CLAIM_SQL } from '../idempotency/idempotency.service.js';
import { openBalanceSql } from '../ledger/open-balance.js';
import type { ProductStatus } from '../entities/product.entity.js';
import type { CustomerStanding } from '../customers/customer-standing.js';

/**
 * Everything the rules need, read inside the deciding transaction, and the ids of what may be written.
 *
 * `$1` platform, `$2` customer, `$3` currency code or null, `$4` product id or null (its currency then counts).
 * The customer's row is locked: a KYC decision waits for this opening or is seen by it. Openings of a product
 * exclude each other per customer, because its cap counts rows that do not exist yet; others only share.
 */
export function decideSql(exclusive: boolean): string {
  return `SELECT ${STANDING_COLUMNS_SQL},
    product.status AS "productStatus", product.max_accounts_per_customer AS "maxAccountsPerCustomer",
    currency.code AS "currencyCode", COALESCE(currency.enabled, false) AS enabled,
    EXISTS (SELECT 1 FROM jurisdiction_currencies jc
            WHERE jc.jurisdiction_code = ${EFFECTIVE_JURISDICTION_SQL}
              AND jc.currency_code = currency.code) AS "enabledInJurisdiction",
    nextval('accounts_id_seq') AS "accountId", nextval('balances_id_seq') AS "balanceId"
  FROM customers c
  JOIN platforms p ON p.id = c.platform_id
  LEFT JOIN products product ON product.id = $4::int
  LEFT JOIN currencies currency ON currency.code = COALESCE(product.currency_code, $3::text)
  WHERE c.platform_id = $1 AND c.id = $2
  FOR ${exclusive ? 'NO KEY UPDATE' : 'SHARE'} OF c`;
}

export interface DecidingRow extends CustomerStanding {
  productStatus: ProductStatus | null;
  maxAccountsPerCustomer: number | null;
  currencyCode: string | null;
  enabled: boolean;
  enabledInJurisdiction: boolean;
  accountId: string;
  balanceId: string;
}

/**
 * The whole effect in one statement: the idempotency claim (`$1…$7`, key null for none), the account, its
 * balance. The account waits for the claim and the balance for the account, so a lost claim writes nothing and
 * a reached cap leaves only the claim, which the caller then rolls back. A duplicate raises its named
 * constraint.
 */
export const OPEN_SQL = `WITH claim AS (
  ${CLAIM_SQL}
), account AS (
  INSERT INTO accounts (platform_id, id, customer_id, channel, public_id, number, currency_code, status,
    workspace_id, product_id, alias, account_identifier, display_name, contact_email,
    funding_notification_emails, created_at, updated_at)
  SELECT $8::bigint, $9::bigint, $10::bigint, $11, $12, $13, $14, 'active',
    $15::bigint, $16::int, $17, $18, $19, $20, $21::text[], $22::timestamptz, $22::timestamptz
  WHERE ($3::text IS NULL OR EXISTS (SELECT 1 FROM claim))
    AND ($24::int IS NULL OR $24::int > (
      SELECT count(*) FROM accounts
      WHERE platform_id = $8::bigint AND customer_id = $10::bigint AND channel = 'workspace'
        AND product_id = $16::int AND status <> 'closed'))
  RETURNING platform_id, id, created_at
), balance AS (
  ${openBalanceSql('account', '$23::bigint')}
)
SELECT EXISTS (SELECT 1 FROM claim) AS claimed, EXISTS (SELECT 1 FROM account) AS opened`;
