WITH request AS MATERIALIZED (
    SELECT asked.*, currency.code AS currency_code, product.duplicate_rule
    FROM unnest((SELECT $2::bigint[]), (SELECT $3::bigint[]), (SELECT $4::bigint[]), (SELECT $5::text[]), (SELECT $6::text[]), (SELECT $7::text[]), (SELECT $8::bigint[]), (SELECT $9::text[])) WITH ORDINALITY AS asked(platform_id, customer_id, product_id, currency, channel, account_identifier, workspace_id, alias, number) 
  LEFT JOIN products product ON product.id = asked.product_id
  LEFT JOIN currencies currency ON currency.code = COALESCE(product.currency_code, asked.currency)
  )
  SELECT request.number::int, c.id AS "customerId", c.display_name AS "displayName",
  p.status AS "platformStatus", c.status AS "customerStatus", CASE WHEN c.kyc_status IN ('approved', 'rejected')
  AND c.kyc_expires_at <= $1::timestamptz THEN 'expired' ELSE c.kyc_status END AS "kycStatus",
  c.kyc_evidence AS "kycEvidence", COALESCE(c.jurisdiction_override, c.country_of_residence, p.home_jurisdiction_code) AS "jurisdictionCode",
    product.status AS "productStatus", product.max_accounts_per_customer AS "maxAccountsPerCustomer",
    product.duplicate_rule AS "duplicateRule",
    currency.code AS "currencyCode", COALESCE(currency.enabled, false) AS enabled,
    (SELECT true FROM jurisdiction_currencies jc WHERE jc.jurisdiction_code = COALESCE(c.jurisdiction_override, c.country_of_residence, p.home_jurisdiction_code)
       AND jc.currency_code = currency.code LIMIT 1) IS NOT NULL AS "enabledInJurisdiction", CASE request.channel
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
    CASE WHEN product.max_accounts_per_customer IS NULL THEN false ELSE product.max_accounts_per_customer <= (SELECT count(*) FROM accounts counted
    WHERE counted.platform_id = request.platform_id AND counted.customer_id = request.customer_id
      AND counted.channel = 'workspace' AND counted.product_id + 0 = request.product_id
      AND counted.status <> 'closed') END AS "capReached"
  FROM request
  CROSS JOIN LATERAL (SELECT * FROM customers WHERE platform_id = request.platform_id AND id = request.customer_id LIMIT 1) c
  JOIN platforms p ON p.id = c.platform_id
  
  LEFT JOIN products product ON product.id = request.product_id
  LEFT JOIN currencies currency ON currency.code = COALESCE(product.currency_code, request.currency)
