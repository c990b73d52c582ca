SELECT wanted.number::int AS place, a.id FROM unnest((SELECT $1::bigint[]), (SELECT $2::text[])) WITH ORDINALITY AS wanted(platform_id, identifier, number) CROSS JOIN LATERAL (SELECT id FROM accounts WHERE platform_id = wanted.platform_id
    AND channel = 'platform' AND account_identifier = wanted.identifier LIMIT 1) a
