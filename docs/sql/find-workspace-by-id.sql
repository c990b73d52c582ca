SELECT wanted.number::int AS place, w.id, w.customer_id AS "customerId", customer.status AS "customerStatus" FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) WITH ORDINALITY AS wanted(platform_id, id, number) CROSS JOIN LATERAL (SELECT * FROM workspaces
    WHERE platform_id = wanted.platform_id AND id = wanted.id LIMIT 1) w
    JOIN customers customer ON customer.platform_id = w.platform_id AND customer.id = w.customer_id
