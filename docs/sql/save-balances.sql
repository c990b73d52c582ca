UPDATE balances b SET posted_minor = saved.posted, locked_minor = saved.locked, updated_at = saved.at
  FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[]), (SELECT $3::bigint[]), (SELECT $4::bigint[]), (SELECT $5::timestamptz[])) WITH ORDINALITY AS saved(platform_id, account_id, posted, locked, at, number) WHERE b.platform_id = saved.platform_id AND b.account_id = saved.account_id
