import { TypeOverrides, types } from 'pg';

/**
 * What text means in a session: how it and times are written, and where names are looked for. An administrator may set
 * each of them for a whole database or role; under `datestyle = German` no time that PostgreSQL sends can be read.
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
 * How statements are planned. A statement keeps the plan it was given when its table was empty, and reads every row that has come since: no statement
 * of ours means to, where there is an index. What is to read whole tables says so (books/snapshot.ts).
 * What is estimated for a plan without sequential reads makes PostgreSQL compile statements of a millisecond (JIT).
 */
const PLANNING = { enable_seqscan: 'off', jit: 'off' } as const;

const OPTIONS = Object.entries({ ...PLANNING, ...MEANING })
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ');

/** What every connection is opened with. Settings of a session go before those of a database or a role. */
export interface SessionSettings {
  options: string;
  types: TypeOverrides;
}

/** @param url its own `options` are kept, before ours: pg would take them in place of ours */
export function sessionOf(url: string): { url: string } & SessionSettings {
  const address = new URL(url);
  const given = address.searchParams.get('options');
  if (given === null) return { url, options: OPTIONS, types: strictTypes() };
  address.searchParams.delete('options');
  return { url: address.href, options: `${given} ${OPTIONS}`, types: strictTypes() };
}

/** `pg` makes `null` of a time that it cannot read: one that means "not revoked" or "does not expire". */
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
  // Not the text, which may be of anything.
  throw new Error('PostgreSQL sent a time that cannot be read');
}
