WITH request AS MATERIALIZED (
    SELECT * FROM unnest((SELECT $2::bigint[]), (SELECT $3::bigint[]), (SELECT $4::bigint[]), (SELECT $5::text[])) WITH ORDINALITY AS request(platform_id, customer_id, product_id, currency, number) ORDER BY platform_id, customer_id
  )
  SELECT request.number::int, c.id AS "customerId", c.display_name AS "displayName",
  p.status AS "platformStatus", c.status AS "customerStatus", CASE WHEN c.kyc_status IN ('approved', 'rejected')
  AND c.kyc_expires_at <= $1::timestamptz THEN 'expired' ELSE c.kyc_status END AS "kycStatus",
  c.kyc_evidence AS "kycEvidence", COALESCE(c.jurisdiction_override, c.country_of_residence, p.home_jurisdiction_code) AS "jurisdictionCode",
    product.status AS "productStatus", product.max_accounts_per_customer AS "maxAccountsPerCustomer",
    product.duplicate_rule AS "duplicateRule",
    currency.code AS "currencyCode", COALESCE(currency.enabled, false) AS enabled,
    (SELECT true FROM jurisdiction_currencies jc WHERE jc.jurisdiction_code = COALESCE(c.jurisdiction_override, c.country_of_residence, p.home_jurisdiction_code)
       AND jc.currency_code = currency.code LIMIT 1) IS NOT NULL AS "enabledInJurisdiction",
    nextval('accounts_id_seq') AS "accountId", nextval('balances_id_seq') AS "balanceId"
  FROM request
  CROSS JOIN LATERAL (SELECT * FROM customers WHERE platform_id = request.platform_id AND id = request.customer_id LIMIT 1 FOR SHARE SKIP LOCKED) c
  JOIN platforms p ON p.id = c.platform_id
  
  LEFT JOIN products product ON product.id = request.product_id
  LEFT JOIN currencies currency ON currency.code = COALESCE(product.currency_code, request.currency)
