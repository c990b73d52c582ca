SELECT wanted.number::int AS place, c.id AS "customerId", c.display_name AS "displayName",
  p.status AS "platformStatus", c.status AS "customerStatus", CASE WHEN c.kyc_status IN ('approved', 'rejected')
  AND c.kyc_expires_at <= $1::timestamptz THEN 'expired' ELSE c.kyc_status END AS "kycStatus",
  c.kyc_evidence AS "kycEvidence", COALESCE(c.jurisdiction_override, c.country_of_residence, p.home_jurisdiction_code) AS "jurisdictionCode" FROM unnest((SELECT $2::bigint[]), (SELECT $3::bigint[])) WITH ORDINALITY AS wanted(platform_id, id, number) CROSS JOIN LATERAL (SELECT * FROM customers
      WHERE platform_id = wanted.platform_id AND id = wanted.id LIMIT 1) c
    JOIN platforms p ON p.id = c.platform_id
