import { TypeOverrides, types } from 'pg';
import { UnusableServerError } from './unusable-server.js';

/**
 * Settings that define how a session reads and writes text, times and names. An administrator may set each of them for
 * a whole database or role; under `datestyle = German`, for example, no time that PostgreSQL sends can be parsed.
 */
const MEANING = {
  datestyle: 'ISO,MDY',
  timezone: 'UTC',
  intervalstyle: 'postgres',
  search_path: '"$user",public',
  standard_conforming_strings: 'on',
  client_encoding: 'UTF8',
  bytea_output: 'hex',
  array_nulls: 'on',
  transform_null_equals: 'off',
} as const;

/**
 * How statements are planned. A prepared statement keeps the plan that was chosen when its table was empty: a
 * sequential scan, which would read every row added since. No statement means to scan where there is an index; those
 * that read whole tables enable it again (ledger/reports/snapshot.ts). The cost estimates of plans without sequential
 * scans would make PostgreSQL compile statements of a millisecond, so JIT is off.
 */
const PLANNING = { enable_seqscan: 'off', jit: 'off' } as const;

/** A statement that takes longer is stuck: the server hangs, or another session never releases a lock. */
export const STATEMENT_TIMEOUT_MS = 10_000;

const LIMITS = {
  statement_timeout: `${STATEMENT_TIMEOUT_MS / 1_000}s`,
  idle_in_transaction_session_timeout: `${STATEMENT_TIMEOUT_MS / 1_000}s`,
} as const;

/** The settings of every session, by their names. */
export const SETTINGS: Readonly<Record<string, string>> = { ...PLANNING, ...MEANING, ...LIMITS };

const OPTIONS = Object.entries(SETTINGS)
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ');

export interface Setting {
  name: string;
  value: string;
}

/** The settings of a session, and whether it only reads. */
export const SHOW_SETTINGS = `SELECT name, current_setting(name) AS value
  FROM unnest('{transaction_read_only,${Object.keys(SETTINGS).join(',')}}'::text[]) AS name`;

/**
 * A pooler may open sessions without the `options` of its clients.
 * @param settings the answer to `SHOW_SETTINGS`
 * @throws UnusableServerError naming each setting that has another value
 */
export function assertSettings(settings: readonly Setting[]): void {
  const different = settings.filter(
    ({ name, value }) => SETTINGS[name] !== undefined && plain(value) !== plain(SETTINGS[name]),
  );
  if (different.length === 0) return;
  const names = different.map(({ name, value }) => `${name} = ${value}`).join(', ');
  throw new UnusableServerError(
    `sessions of DATABASE_URL have settings of their own (${names}): for a pooler set DATABASE_DIRECT_URL, and let it reconnect after the first start`,
  );
}

/** PostgreSQL shows some values in another form than they were set in: `ISO, MDY` for `ISO,MDY`. */
function plain(value: string): string {
  return value.replaceAll(' ', '').toLowerCase();
}

/** Options of every connection. Settings of a session override those of a database or a role. */
export interface SessionSettings {
  options?: string;
  types: TypeOverrides;
}

/** @param url of one server; its own `options` are kept and precede these: pg would use them instead */
export function sessionOf(url: string): { url: string } & Required<SessionSettings> {
  const address = new URL(url);
  const given = address.searchParams.get('options');
  if (given === null) return { url, options: OPTIONS, types: strictTypes() };
  address.searchParams.delete('options');
  return { url: address.href, options: `${given} ${OPTIONS}`, types: strictTypes() };
}

/** `pg` parses a time that it cannot read as `null`, which would mean "not revoked" or "does not expire". */
function strictTypes(): TypeOverrides {
  const strict = new TypeOverrides();
  const { DATE, TIMESTAMP, TIMESTAMPTZ } = types.builtins;
  for (const type of [DATE, TIMESTAMP, TIMESTAMPTZ]) {
    const parse = types.getTypeParser(type) as (text: string) => unknown;
    strict.setTypeParser(type, (text: string) => readable(parse(text)));
  }
  return strict;
}

function readable(time: unknown): Date {
  if (time instanceof Date && !Number.isNaN(time.getTime())) return time;
  // The text is not in the message, because it may contain any data.
  throw new Error('PostgreSQL sent a time that cannot be read');
}
