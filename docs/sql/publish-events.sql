INSERT INTO events (platform_id, id, type, object_id, data, occurred_at)
  SELECT platform_id, nextval('events_id_seq'), type, object_id, data, occurred_at FROM unnest((SELECT $1::bigint[]), (SELECT $2::text[]), (SELECT $3::text[]), (SELECT $4::jsonb[]), (SELECT $5::timestamptz[])) WITH ORDINALITY AS event(platform_id, type, object_id, data, occurred_at, number) ORDER BY number
