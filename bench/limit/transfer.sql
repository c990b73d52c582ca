-- One transfer of the platform API, one commit: what the server locks, decides on and writes, without the server.
-- Given: first (number of the first transfer), accounts (funded ones), hot (1: every debit from the first of them).
-- Each client counts for itself.
\set n :n + 1
\set number :first + :n * 16 + :client_id
\set from CASE WHEN :hot = 1 THEN 0 ELSE random(0, :accounts - 1) END
\set to (:from + random(1, :accounts - 1)) % :accounts
BEGIN;
SELECT min(id) FILTER (WHERE account_identifier = 'funded-' || :from::int) AS debit,
    min(id) FILTER (WHERE account_identifier = 'funded-' || :to::int) AS credit
  FROM accounts WHERE platform_id = 1 AND channel = 'platform'
    AND account_identifier = ANY(ARRAY['funded-' || :from::int, 'funded-' || :to::int])
\gset
SELECT account_id, currency_code, may_be_negative, posted_minor, locked_minor, updated_at FROM balances
  WHERE platform_id = 1 AND account_id = ANY(ARRAY[:debit::bigint, :credit::bigint])
  ORDER BY account_id FOR NO KEY UPDATE;
WITH account AS MATERIALIZED (
    SELECT * FROM accounts WHERE platform_id = 1 AND id = ANY(ARRAY[:debit::bigint, :credit::bigint]) FOR SHARE
  ), customer AS MATERIALIZED (
    SELECT * FROM customers WHERE platform_id = 1 AND id IN (SELECT customer_id FROM account) FOR SHARE
  )
  SELECT a.id, a.number, a.public_id, a.account_identifier, a.display_name, a.contact_email, a.channel, a.customer_id,
    a.currency_code, currency.decimals, a.status, c.status, c.debits_restricted, p.status
  FROM account a JOIN platforms p ON p.id = a.platform_id JOIN currencies currency ON currency.code = a.currency_code
    LEFT JOIN customer c ON c.id = a.customer_id;
SELECT id FROM transfers WHERE platform_id = 1 AND reference = 'benchmark-' || :number::bigint;
WITH saved AS (
    UPDATE balances b SET posted_minor = b.posted_minor + change.minor, updated_at = statement_timestamp()
    FROM (VALUES (:debit::bigint, -1), (:credit::bigint, 1)) AS change(account, minor)
    WHERE b.platform_id = 1 AND b.account_id = change.account
    RETURNING b.account_id, b.posted_minor, b.updated_at
  )
  INSERT INTO transfers (platform_id, id, journal_id, kind, debit_account_id, credit_account_id, currency_code,
    amount_minor, debit_posted_minor, credit_posted_minor, posted_at, effective_date, reference, description, metadata)
  SELECT 1, number.id, number.id, 'transfer', :debit::bigint, :credit::bigint, 'USD', 1, debit.posted_minor,
    credit.posted_minor, statement_timestamp(), current_date, 'benchmark-' || :number::bigint,
    'a transfer of the benchmark', '{}'
  FROM (SELECT nextval('transfers_id_seq') AS id) AS number
    JOIN saved debit ON debit.account_id = :debit::bigint JOIN saved credit ON credit.account_id = :credit::bigint
  RETURNING id AS transfer, debit_posted_minor AS debited, credit_posted_minor AS credited
\gset
SELECT id FROM low_balance_alerts WHERE platform_id = 1 AND account_id = :debit::bigint
  AND threshold_minor <= :debited::bigint + 1 AND threshold_minor > :debited::bigint;
INSERT INTO events (platform_id, id, type, object_id, data, occurred_at)
  SELECT 1, nextval('events_id_seq'), 'transfer.posted', 'acc_1_' || side.account, jsonb_build_object(
    'account', jsonb_build_object('id', 'acc_1_' || side.account, 'number', lpad(side.account::text, 12, '0'),
      'publicId', 'acc_FUNDED' || side.account, 'accountIdentifier', 'funded-' || side.account, 'channel', 'platform',
      'customer', 'cus_1_' || side.account, 'currency', 'USD', 'status', 'active'),
    'transfer', jsonb_build_object('id', 'trf_1_' || :transfer::bigint, 'journal', 'trf_1_' || :transfer::bigint,
      'kind', 'transfer', 'currency', 'USD', 'effectiveDate', current_date, 'postedAt', now(), 'reference',
      'benchmark-' || :number::bigint, 'description', 'a transfer of the benchmark', 'metadata', '{}'::jsonb,
      'reverses', NULL, 'side', side.name, 'amount', 0.01),
    'balance', jsonb_build_object('posted', side.posted / 100.0, 'locked', 0, 'available', side.posted / 100.0)), now()
  FROM (VALUES (:debit::bigint, 'debit', :debited::bigint), (:credit::bigint, 'credit', :credited::bigint))
    AS side(account, name, posted);
WITH audit_entry AS (
  INSERT INTO audit_entries (platform_id, id, occurred_at, actor_kind, actor_id, actor_name, action, outcome,
    object_type, object_id, reason, request_id, state_before, state_after, verdicts)
  SELECT 1, nextval('audit_entries_id_seq'), now(), 'platform', 'crd_1_8001', 'benchmark', 'transfer.posted', 'done',
    'transfer', 'trf_1_' || :transfer::bigint, NULL, md5(:number::bigint::text), NULL,
    jsonb_build_object('transfers', jsonb_build_array(jsonb_build_object('id', 'trf_1_' || :transfer::bigint, 'kind',
      'transfer', 'debit', 'acc_1_' || :debit::bigint, 'credit', 'acc_1_' || :credit::bigint, 'amountMinor', '1',
      'currency', 'USD', 'reference', 'benchmark-' || :number::bigint))), NULL
  RETURNING platform_id, id
)
INSERT INTO audit_unsealed (platform_id, entry_id) SELECT platform_id, id FROM audit_entry;
COMMIT;
