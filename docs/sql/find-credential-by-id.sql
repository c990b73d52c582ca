SELECT wanted.number::int AS place, c.platform_id AS "platformId", c.id, c.kind, c.customer_id AS "customerId", c.name, c.secret_hash AS "secretHash", c.previous_secret_hash AS "previousSecretHash", c.previous_secret_expires_at AS "previousSecretExpiresAt", array_to_json(c.allowed_currencies) AS "allowedCurrencies", array_to_json(c.allowed_networks) AS "allowedNetworks", array_to_json(c.scopes) AS "scopes", c.rate_limit AS "rateLimit", c.rate_limit_window_seconds AS "rateLimitWindowSeconds", c.created_at AS "createdAt", c.expires_at AS "expiresAt", c.revoked_at AS "revokedAt", c.rotated_at AS "rotatedAt", platform.status AS "platformStatus",
    customer.status AS "customerStatus",
    CASE WHEN admin.id IS NOT NULL THEN json_build_object('id', admin.id::text, 'name', admin.name,
      'role', admin.role, 'status', admin.status) END AS admin FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) WITH ORDINALITY AS wanted(platform_id, id, number) CROSS JOIN LATERAL (SELECT * FROM credentials
      WHERE platform_id = wanted.platform_id AND id = wanted.id LIMIT 1) c
    JOIN platforms platform ON platform.id = c.platform_id
    LEFT JOIN customers customer ON customer.platform_id = c.platform_id AND customer.id = c.customer_id
    LEFT JOIN admins admin ON admin.platform_id = c.platform_id AND admin.id = c.admin_id
