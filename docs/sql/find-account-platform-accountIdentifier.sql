SELECT wanted.number::int AS place, a.id, a.public_id AS "publicId", a.number, a.customer_id AS "customerId", a.channel, a.status, a.currency_code AS "currencyCode", a.product_id AS "productId", a.alias, a.account_identifier AS "accountIdentifier", a.display_name AS "displayName", a.contact_email AS "contactEmail", array_to_json(a.funding_notification_emails) AS "fundingNotificationEmails", a.created_at AS "createdAt", a.updated_at AS "updatedAt", c.display_name AS "holderName",
    b.id AS "balanceId", b.posted_minor AS "postedMinor", b.locked_minor AS "lockedMinor",
    b.created_at AS "balanceCreatedAt", b.updated_at AS "balanceUpdatedAt" FROM unnest((SELECT $1::bigint[]), (SELECT $2::text[])) WITH ORDINALITY AS wanted(platform_id, account_identifier, number) CROSS JOIN LATERAL (SELECT * FROM accounts WHERE platform_id = wanted.platform_id AND account_identifier = wanted.account_identifier AND channel = 'platform'
        ORDER BY id LIMIT 1) a
      CROSS JOIN LATERAL (SELECT * FROM balances
        WHERE platform_id = a.platform_id AND account_id = a.id LIMIT 1) b
      CROSS JOIN LATERAL (SELECT * FROM customers
        WHERE platform_id = a.platform_id AND id = a.customer_id LIMIT 1) c
