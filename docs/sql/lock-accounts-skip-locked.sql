WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest((SELECT $2::bigint[]), (SELECT $3::bigint[])) WITH ORDINALITY AS wanted(platform_id, account_id, number) ORDER BY platform_id, account_id
  )
  SELECT a.platform_id AS "platformId", a.id, a.number, a.public_id AS "publicId", a.account_identifier AS "accountIdentifier", a.display_name AS "displayName", a.contact_email AS "contactEmail", a.channel, a.customer_id AS "customerId", a.currency_code AS "currencyCode", a.status, currency.decimals, c.status AS "customerStatus",
    COALESCE(c.debits_restricted OR (p.kyc_expiry_restricts_debits AND CASE WHEN c.kyc_status IN ('approved', 'rejected')
  AND c.kyc_expires_at <= $1::timestamptz THEN 'expired' ELSE c.kyc_status END = 'expired'),
      false) AS "debitsRestricted",
    p.status AS "platformStatus",
    b.account_id AS "accountId", b.currency_code AS "currencyCode", b.may_be_negative AS "mayBeNegative", b.posted_minor AS "postedMinor", b.locked_minor AS "lockedMinor", b.updated_at AS "updatedAt"
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
  WHERE a.customer_id IS NULL OR c.id IS NOT NULL
