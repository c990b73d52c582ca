SELECT wanted.number::int AS place, record.fingerprint, record.receipt FROM unnest((SELECT $2::bigint[]), (SELECT $3::text[]), (SELECT $4::text[])) WITH ORDINALITY AS wanted(platform_id, scope, key, number) CROSS JOIN LATERAL (SELECT * FROM idempotency_records
      WHERE platform_id = wanted.platform_id AND scope = wanted.scope AND key = wanted.key LIMIT 1) record
    WHERE record.expires_at > $1
