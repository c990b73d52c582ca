WITH request AS MATERIALIZED (SELECT * FROM (SELECT platform_id, id, customer_id, channel, public_id, account_number, currency_code, workspace_id, product_id, alias, account_identifier, display_name, contact_email, emails, balance_id, max_accounts, duplicate_rule, event_data, claim_platform_id, scope, key, fingerprint, receipt, actor_kind, actor_id, actor_name, action, outcome, object_type, object_id, reason, request_id, state_before, state_after, ($38::jsonb[])[verdicts] AS verdicts, number FROM unnest((SELECT $3::bigint[]), (SELECT $4::bigint[]), (SELECT $5::bigint[]), (SELECT $6::text[]), (SELECT $7::text[]), (SELECT $8::text[]), (SELECT $9::text[]), (SELECT $10::bigint[]), (SELECT $11::int[]), (SELECT $12::text[]), (SELECT $13::text[]), (SELECT $14::text[]), (SELECT $15::text[]), (SELECT $16::jsonb[]), (SELECT $17::bigint[]), (SELECT $18::int[]), (SELECT $19::text[]), (SELECT $20::jsonb[]), (SELECT $21::bigint[]), (SELECT $22::text[]), (SELECT $23::text[]), (SELECT $24::bytea[]), (SELECT $25::bytea[]), (SELECT $26::text[]), (SELECT $27::text[]), (SELECT $28::text[]), (SELECT $29::text[]), (SELECT $30::text[]), (SELECT $31::text[]), (SELECT $32::text[]), (SELECT $33::text[]), (SELECT $34::text[]), (SELECT $35::jsonb[]), (SELECT $36::jsonb[]), (SELECT $37::int[])) WITH ORDINALITY AS request(platform_id, id, customer_id, channel, public_id, account_number, currency_code, workspace_id, product_id, alias, account_identifier, display_name, contact_email, emails, balance_id, max_accounts, duplicate_rule, event_data, claim_platform_id, scope, key, fingerprint, receipt, actor_kind, actor_id, actor_name, action, outcome, object_type, object_id, reason, request_id, state_before, state_after, verdicts, number)) AS request),
counted AS MATERIALIZED (
  SELECT request.*, CASE request.channel
    WHEN 'owner' THEN (SELECT true FROM accounts existing
      WHERE existing.platform_id = request.platform_id AND existing.channel = 'owner' AND existing.customer_id = request.customer_id AND existing.currency_code = request.currency_code
        AND existing.status <> 'closed' LIMIT 1) IS NOT NULL
    WHEN 'platform' THEN (SELECT true FROM accounts existing
      WHERE existing.platform_id = request.platform_id AND existing.channel = 'platform' AND existing.account_identifier = request.account_identifier LIMIT 1) IS NOT NULL
    ELSE CASE request.duplicate_rule
      WHEN 'one_per_currency' THEN (SELECT true FROM accounts existing
      WHERE existing.platform_id = request.platform_id AND existing.channel = 'workspace' AND existing.workspace_id = request.workspace_id AND existing.status <> 'closed'
        AND existing.currency_code = request.currency_code LIMIT 1) IS NOT NULL
      WHEN 'one_per_product_and_alias' THEN (SELECT true FROM accounts existing
      WHERE existing.platform_id = request.platform_id AND existing.channel = 'workspace' AND existing.workspace_id = request.workspace_id AND existing.status <> 'closed'
        AND existing.currency_code = request.currency_code AND existing.product_id = request.product_id AND existing.alias = request.alias LIMIT 1) IS NOT NULL
      ELSE false END
    END AS duplicate,
    CASE WHEN max_accounts IS NULL THEN false ELSE max_accounts <= (SELECT count(*) FROM accounts counted
    WHERE counted.platform_id = request.platform_id AND counted.customer_id = request.customer_id
      AND counted.channel = 'workspace' AND counted.product_id + 0 = request.product_id
      AND counted.status <> 'closed') END AS cap_reached
  FROM request
), allowed AS MATERIALIZED (
  SELECT * FROM counted WHERE NOT duplicate AND NOT cap_reached
), claim AS (
  INSERT INTO idempotency_records AS record
  (platform_id, scope, key, fingerprint, receipt, created_at, expires_at)
  SELECT claim_platform_id, scope, key, fingerprint, receipt, $1::timestamptz, $2::timestamptz FROM allowed
  WHERE key IS NOT NULL ORDER BY claim_platform_id, scope, key
  ON CONFLICT (platform_id, scope, key) DO UPDATE SET
    fingerprint = excluded.fingerprint, receipt = excluded.receipt,
    created_at = excluded.created_at, expires_at = excluded.expires_at
  WHERE record.expires_at <= excluded.created_at
  RETURNING platform_id, scope, key
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
  INSERT INTO balances (platform_id, id, account_id, currency_code, may_be_negative, posted_minor, locked_minor,
    created_at, updated_at)
  SELECT platform_id, balance_id, id, currency_code, false, 0, 0, created_at, created_at FROM (SELECT *, $1::timestamptz AS created_at FROM ready ORDER BY id) account
), audit_entry AS (
  INSERT INTO audit_entries (platform_id, id, occurred_at, actor_kind, actor_id, actor_name, action, outcome, object_type, object_id, reason, request_id, state_before, state_after, verdicts)
  SELECT platform_id, nextval('audit_entries_id_seq'), $1::timestamptz, actor_kind, actor_id, actor_name, action, outcome, object_type, object_id, reason, request_id, state_before, state_after, verdicts FROM ready ORDER BY number
  RETURNING platform_id, id
), audit_queue AS (
  INSERT INTO audit_unsealed (platform_id, entry_id) SELECT platform_id, id FROM audit_entry
), event AS (
  INSERT INTO events (platform_id, id, type, object_id, data, occurred_at)
  SELECT platform_id, nextval('events_id_seq'), type, object_id, data, occurred_at FROM (SELECT platform_id, 'account.opened' AS type, object_id, event_data AS data,
    $1::timestamptz AS occurred_at, number FROM ready) account ORDER BY number
)
SELECT counted.number::int, counted.duplicate, counted.cap_reached AS "capReached", ready.number IS NOT NULL AS opened
FROM counted LEFT JOIN ready ON ready.number = counted.number
