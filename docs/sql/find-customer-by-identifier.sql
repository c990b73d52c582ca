SELECT wanted.number::int AS place, c.id, c.status FROM unnest((SELECT $1::bigint[]), (SELECT $2::text[])) WITH ORDINALITY AS wanted(platform_id, identifier, number) CROSS JOIN LATERAL (SELECT id, status FROM customers
    WHERE platform_id = wanted.platform_id AND identifier = wanted.identifier LIMIT 1) c
