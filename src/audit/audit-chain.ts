import { createHash, createHmac } from 'node:crypto';

/** The hashed form of an entry: every column as the text that the database returns. */
export type ChainedEntry = readonly (string | null)[];

/** SQL of the `ChainedEntry` of `e`. JSON, because the driver parses it many times faster than a PostgreSQL array. */
export const CHAINED_ENTRY_SQL = `json_build_array(e.platform_id::text, e.id::text,
  to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), e.actor_kind, e.actor_id,
  e.actor_name, e.action, e.outcome, e.object_type, e.object_id, e.reason, e.request_id,
  e.state_before::text, e.state_after::text, e.verdicts::text)`;

/** The previous hash of the first link of every chain. */
export const GENESIS = Buffer.alloc(32);

/** The version of new links. */
export const CHAIN_VERSION = 2;

/** The hash of a link: HMAC-SHA-256 over the previous hash and the entry as JSON without white space. */
export function linkHash(key: Buffer, previous: Buffer, entry: ChainedEntry): Buffer {
  return createHmac('sha256', key).update(previous).update(JSON.stringify(entry)).digest();
}

/**
 * The hash of a link of version 1: SHA-256 without a key. An attacker with write access to the table can recompute it.
 */
export function legacyLinkHash(previous: Buffer, entry: ChainedEntry): Buffer {
  return createHash('sha256').update(previous).update(JSON.stringify(entry)).digest();
}
