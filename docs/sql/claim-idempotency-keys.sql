INSERT INTO idempotency_records AS record
  (platform_id, scope, key, fingerprint, receipt, created_at, expires_at)
  SELECT claim_platform_id, scope, key, fingerprint, receipt, $1::timestamptz, $2::timestamptz FROM unnest((SELECT $3::bigint[]), (SELECT $4::text[]), (SELECT $5::text[]), (SELECT $6::bytea[]), (SELECT $7::bytea[])) WITH ORDINALITY AS claim(claim_platform_id, scope, key, fingerprint, receipt, number)
  WHERE key IS NOT NULL ORDER BY claim_platform_id, scope, key
  ON CONFLICT (platform_id, scope, key) DO UPDATE SET
    fingerprint = excluded.fingerprint, receipt = excluded.receipt,
    created_at = excluded.created_at, expires_at = excluded.expires_at
  WHERE record.expires_at <= excluded.created_at
  RETURNING platform_id, scope, key
