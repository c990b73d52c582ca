WITH audit_entry AS (
  INSERT INTO audit_entries (platform_id, id, occurred_at, actor_kind, actor_id, actor_name, action, outcome, object_type, object_id, reason, request_id, state_before, state_after, verdicts)
  SELECT platform_id, nextval('audit_entries_id_seq'), $1::timestamptz, actor_kind, actor_id, actor_name, action, outcome, object_type, object_id, reason, request_id, state_before, state_after, verdicts FROM (SELECT platform_id, actor_kind, actor_id, actor_name, action, outcome, object_type, object_id, reason, request_id, state_before, state_after, ($15::jsonb[])[verdicts] AS verdicts, number FROM unnest((SELECT $2::bigint[]), (SELECT $3::text[]), (SELECT $4::text[]), (SELECT $5::text[]), (SELECT $6::text[]), (SELECT $7::text[]), (SELECT $8::text[]), (SELECT $9::text[]), (SELECT $10::text[]), (SELECT $11::text[]), (SELECT $12::jsonb[]), (SELECT $13::jsonb[]), (SELECT $14::int[])) WITH ORDINALITY AS entry(platform_id, actor_kind, actor_id, actor_name, action, outcome, object_type, object_id, reason, request_id, state_before, state_after, verdicts, number)) AS entry ORDER BY number
  RETURNING platform_id, id
), audit_queue AS (
  INSERT INTO audit_unsealed (platform_id, entry_id) SELECT platform_id, id FROM audit_entry
) SELECT 1
