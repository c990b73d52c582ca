import { createHash, createHmac } from 'node:crypto';

/** An entry as the chain sees it: every column as the text that the database shows. */
export type ChainedEntry = readonly (string | null)[];

/** SQL of a `ChainedEntry` of `e`. JSON, which is read many times faster here than an array of PostgreSQL. */
export const CHAINED_ENTRY_SQL = `json_build_array(e.platform_id::text, e.id::text,
  to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), e.actor_kind, e.actor_id,
  e.actor_name, e.action, e.outcome, e.object_type, e.object_id, e.reason, e.request_id,
  e.state_before::text, e.state_after::text, e.verdicts::text)`;

/** Hash before the first link of every chain. */
export const GENESIS = Buffer.alloc(32);

/** The version of new links. */
export const CHAIN_VERSION = 2;

/** The next link: HMAC-SHA-256 over the link before and the entry, as JSON without white space. */
export function linkHash(key: Buffer, previous: Buffer, entry: ChainedEntry): Buffer {
  return createHmac('sha256', key).update(previous).update(JSON.stringify(entry)).digest();
}

/** The same of version 1: SHA-256 without a key, which an attacker with write access to the table can recompute. */
export function legacyLinkHash(previous: Buffer, entry: ChainedEntry): Buffer {
  return createHash('sha256').update(previous).update(JSON.stringify(entry)).digest();
}
