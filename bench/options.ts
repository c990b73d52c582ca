import { parseArgs } from 'node:util';
import type { Timing } from './measure.js';

export interface BenchOptions extends Timing {
  rounds: number;
  /** Runs only cases whose id matches. */
  only: RegExp | null;
  /** Number of accounts in the growth cases; `null`: growth is not measured. */
  growth: number | null;
  /** Minutes of load after the rounds; `null`: none. */
  soakMinutes: number | null;
  /** File that the figures are written to; `null`: they are only shown. */
  out: string | null;
}

export const LATEST = 'bench/results/latest.json';

export const USAGE = `npm run bench -- [options]

  --rounds <n>        rounds; the figures are their medians (3)
  --seconds <n>       seconds of each measurement (10)
  --warm-up <n>       seconds before each (2)
  --only <pattern>    only cases whose id matches this regular expression, such as '^vostro transfer' or 'opening/owner c64'
  --quick             1 round of 1 second: whether it works, not how fast
  --growth <n>        also measure on that many accounts, such as 5000000 (takes minutes to fill)
  --soak <minutes>    also record the memory for that long under 256 connections
  --out <file>        file for the figures (${LATEST}; with --only or --quick: none)

Uses its own PostgreSQL, or the one of BENCH_DATABASE_URL (a superuser's URL).`;

/** @throws Error naming the invalid option */
export function parseOptions(args: readonly string[]): BenchOptions | 'help' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: text,
      seconds: text,
      'warm-up': text,
      only: text,
      growth: text,
      soak: text,
      out: text,
      quick: flag,
      help: flag,
    },
  });
  if (values.help) return 'help';
  const isPart = values.quick || values.only !== undefined;
  const optional = (name: 'growth' | 'soak') =>
    values[name] === undefined ? null : toNumber(name, values[name]);
  return {
    rounds: toNumber('rounds', values.rounds ?? (values.quick ? '1' : '3')),
    seconds: toNumber('seconds', values.seconds ?? (values.quick ? '1' : '10')),
    warmUpSeconds: toNumber('warm-up', values['warm-up'] ?? (values.quick ? '0.5' : '2')),
    only: values.only === undefined ? null : new RegExp(values.only),
    growth: optional('growth'),
    soakMinutes: optional('soak'),
    out: values.out ?? (isPart ? null : LATEST),
  };
}

function toNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name} must be a number above 0`);
  return value;
}
