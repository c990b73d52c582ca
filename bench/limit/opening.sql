-- One opening of the owner API, one commit: what the server decides on, locks and writes, without the server.
-- Given: first (number of the first opening), owners. Each client counts for itself.
\set n :n + 1
\set number :first + :n * 16 + :client_id
\set customer :number % :owners + 1
\set currency :number / :owners + 2
BEGIN;
SELECT c.display_name, p.status AS platform_status, c.status AS customer_status,
    CASE WHEN c.kyc_status IN ('approved', 'rejected') AND c.kyc_expires_at <= now() THEN 'expired' ELSE c.kyc_status
      END AS kyc_status,
    c.kyc_evidence, COALESCE(c.jurisdiction_override, c.country_of_residence, p.home_jurisdiction_code) AS jurisdiction,
    currency.code AS code, currency.enabled,
    EXISTS (SELECT 1 FROM jurisdiction_currencies jc
      WHERE jc.jurisdiction_code = COALESCE(c.jurisdiction_override, c.country_of_residence, p.home_jurisdiction_code)
        AND jc.currency_code = currency.code) AS enabled_in_jurisdiction,
    nextval('accounts_id_seq') AS account, nextval('balances_id_seq') AS balance
  FROM customers c JOIN platforms p ON p.id = c.platform_id LEFT JOIN currencies currency ON currency.id = :currency::int
  WHERE c.platform_id = 1 AND c.id = :customer::bigint FOR SHARE OF c
\gset
WITH claim AS (
  INSERT INTO idempotency_records AS record (platform_id, scope, key, fingerprint, receipt, created_at, expires_at)
  VALUES (1, 'credential:' || :customer::bigint, 'benchmark-' || :number::bigint,
    sha256(convert_to('fingerprint ' || :number::bigint, 'UTF8')),
    convert_to(repeat(md5(:number::bigint::text), 6), 'UTF8'), now(), now() + interval '1 day')
  ON CONFLICT (platform_id, scope, key) DO UPDATE SET fingerprint = excluded.fingerprint, receipt = excluded.receipt,
    created_at = excluded.created_at, expires_at = excluded.expires_at
  WHERE record.expires_at <= excluded.created_at
  RETURNING 1
), account AS (
  INSERT INTO accounts (platform_id, id, customer_id, channel, public_id, number, currency_code, status, alias,
    funding_notification_emails, created_at, updated_at)
  SELECT 1, :account::bigint, :customer::bigint, 'owner', 'acc_' || upper(substr(md5(:account::bigint::text), 1, 16)),
    lpad(:account::bigint::text, 12, '0'), :code::text, 'active', '', '{}', now(), now()
  WHERE EXISTS (SELECT 1 FROM claim)
  RETURNING platform_id, id, currency_code, created_at
), balance AS (
  INSERT INTO balances (platform_id, id, account_id, currency_code, may_be_negative, posted_minor, locked_minor,
    created_at, updated_at)
  SELECT platform_id, :balance::bigint, id, currency_code, false, 0, 0, created_at, created_at FROM account
), audit_entry AS (
  INSERT INTO audit_entries (platform_id, id, occurred_at, actor_kind, actor_id, actor_name, action, outcome,
    object_type, object_id, reason, request_id, state_before, state_after, verdicts)
  SELECT 1, nextval('audit_entries_id_seq'), now(), 'owner', 'crd_1_' || :customer::bigint, 'benchmark',
    'account.opened', 'done', 'account', 'acc_1_' || id, NULL, md5(:number::bigint::text), NULL,
    jsonb_build_object('channel', 'owner', 'currencyCode', :code::text, 'customer', 'cus_1_' || :customer::bigint,
      'currency', :code::text, 'kycEvidence', 'benchmark', 'jurisdiction', 'XB'),
    '[{"rule":"platform.verified","version": 1,"holds": true,"reason":"The platform is verified."},
      {"rule":"customer.active","version": 1,"holds": true,"reason":"The customer is active."},
      {"rule":"kyc.approved","version": 1,"holds": true,"reason":"The customer’s identity check (KYC) is approved."},
      {"rule":"credential.currency_allowed","version": 1,"holds": true,"reason":"The credential is held to no currency."},
      {"rule":"currency.enabled","version": 1,"holds": true,"reason":"The currency is enabled."},
      {"rule":"currency.enabled_in_jurisdiction","version": 1,"holds": true,
        "reason":"The currency is enabled in the customer’s effective jurisdiction."},
      {"rule":"account.unique","version": 1,"holds": true,"reason":"No such account exists."}]'::jsonb
  FROM account
  RETURNING platform_id, id
), audit_queue AS (
  INSERT INTO audit_unsealed (platform_id, entry_id) SELECT platform_id, id FROM audit_entry
), event AS (
  INSERT INTO events (platform_id, id, type, object_id, data, occurred_at)
  SELECT 1, nextval('events_id_seq'), 'account.opened', 'acc_1_' || id,
    jsonb_build_object('account', jsonb_build_object('id', 'acc_1_' || id, 'number', lpad(id::text, 12, '0'),
      'publicId', 'acc_' || upper(substr(md5(id::text), 1, 16)), 'accountIdentifier', NULL, 'channel', 'owner',
      'customer', 'cus_1_' || :customer::bigint, 'currency', :code::text, 'status', 'active')), now()
  FROM account
)
SELECT EXISTS (SELECT 1 FROM claim) AS claimed, EXISTS (SELECT 1 FROM account) AS opened;
COMMIT;
