import type { CaseFigures, Results } from './results.js';

/** The project's performance thresholds and the measured values. */
export interface Threshold {
  work: string;
  /** Such as `≥ 1.0 × floor`. */
  wanted: string;
  /** As text, such as `1.12 ×`; `null`: not measured in this run. */
  measured: string | null;
  reached: boolean;
}

const MEBIBYTE = 2 ** 20;
const MEMORY_LIMIT_MIB = 250;
const LATENCY_FACTOR = 2;
const LATENCY_SLACK_MS = 2;
/**
 * A page counts as flat if with many accounts it takes at most this many times as long, plus a millisecond for noise.
 */
const FLAT_FACTOR = 1.25;
const FLAT_SLACK_MS = 1;
/** Memory counts as level if the last fifth of a soak uses at most this much more than the second fifth. */
const LEVEL_MIB = 10;

const OPENING = 'vostro opening/owner c64';

interface RatioThreshold {
  work: string;
  of: string;
  to: string;
  toName: string;
  least: number;
}

const RATIOS: readonly RatioThreshold[] = [
  ratio('opening, 64 connections, all controls on', OPENING, 'floor opening/owner c64', 1, 'floor'),
  ratio(
    'opening, 64 connections, all controls on',
    OPENING,
    'conventional opening/owner c64',
    4,
    'conventional',
  ),
  ratio(
    'transfer, 64 connections, 10,000 accounts',
    'vostro transfer/spread c64',
    'limit transfer/spread c16',
    1.5,
    'one transfer per commit in SQL alone',
  ),
  ratio(
    'transfer, every debit from one account, 64 connections',
    'vostro transfer/hot c64',
    'vostro transfer/spread c64',
    0.8,
    'spread out',
  ),
  ratio('bulk opening', 'vostro bulk/opening c1', 'vostro opening/platform c64', 3, 'single calls'),
  ratio('bulk posting', 'vostro bulk/transfer c1', 'vostro transfer/spread c64', 3, 'single calls'),
  ratio(
    'reading one account, 64 connections',
    'vostro reading/owner c64',
    'floor reading/bare c64',
    0.7,
    'bare read',
  ),
  ratio(
    'opening with many accounts present',
    'grown opening/owner c64',
    'small opening/owner c64',
    0.9,
    'with few',
  ),
  ratio(
    '64 connections open the same account',
    'vostro opening/storm c64',
    'vostro opening/owner-unkeyed c64',
    0.8,
    'different accounts',
  ),
];

function ratio(work: string, of: string, to: string, least: number, toName: string): RatioThreshold {
  return { work, of, to, least, toName };
}

export function thresholdsOf(results: Results): Threshold[] {
  return [
    ...RATIOS.map((ratio) => ratioThreshold(results, ratio)),
    latencyThreshold(results),
    pagesThreshold(results),
    memoryThreshold(results),
    soakThreshold(results),
  ];
}

function ratioThreshold({ cases }: Results, { work, of, to, toName, least }: RatioThreshold): Threshold {
  const [mine, theirs] = [rateOf(cases[of]), rateOf(cases[to])];
  const wanted = `≥ ${least.toFixed(1)} × ${toName}`;
  if (mine === null || theirs === null) return unmeasured(work, wanted);
  const value = mine / theirs;
  return { work, wanted, measured: `${value.toFixed(2)} ×`, reached: value >= least };
}

function rateOf(figures: CaseFigures | undefined): number | null {
  return figures?.perSecond?.median ?? null;
}

function latencyThreshold({ cases }: Results): Threshold {
  const work = 'opening, 100 requests/s open loop, p99';
  const wanted = `≤ ${LATENCY_FACTOR} × floor + ${LATENCY_SLACK_MS} ms`;
  const mine = cases['vostro opening/owner r100']?.p99Ms?.median;
  const floor = cases['floor opening/owner r100']?.p99Ms?.median;
  if (mine === undefined || floor === undefined) return unmeasured(work, wanted);
  const limit = LATENCY_FACTOR * floor + LATENCY_SLACK_MS;
  return {
    work,
    wanted,
    measured: `${mine.toFixed(1)} ms, allowed ${limit.toFixed(1)} ms`,
    reached: mine <= limit,
  };
}

function pagesThreshold({ cases }: Results): Threshold {
  const work = 'lists and searches with many accounts present, p50';
  const wanted = `≤ ${FLAT_FACTOR} × with few + ${FLAT_SLACK_MS} ms`;
  const pages = Object.keys(cases).flatMap((id) => {
    const name = /^grown (list\/\S+) c1$/.exec(id)?.[1];
    const many = cases[id]?.p50Ms?.median;
    const few = cases[`small ${name ?? ''} c1`]?.p50Ms?.median;
    if (name === undefined || many === undefined || few === undefined) return [];
    return [{ name, many, few, isFlat: many <= FLAT_FACTOR * few + FLAT_SLACK_MS }];
  });
  if (pages.length === 0) return unmeasured(work, wanted);
  const shown = pages.map(({ name, many, few }) => `${name} ${few.toFixed(1)} → ${many.toFixed(1)} ms`);
  return { work, wanted, measured: shown.join(', '), reached: pages.every(({ isFlat }) => isFlat) };
}

function memoryThreshold({ cases }: Results): Threshold {
  const work = 'memory of the server, 256 connections';
  const wanted = `≤ ${MEMORY_LIMIT_MIB} MiB`;
  const most = Object.entries(cases)
    .filter(([id]) => /^vostro .* c256$/.test(id))
    .flatMap(([, { residentBytes }]) => residentBytes?.max ?? []);
  if (most.length === 0) return unmeasured(work, wanted);
  const mebibytes = Math.max(...most) / MEBIBYTE;
  return {
    work,
    wanted,
    measured: `${mebibytes.toFixed(0)} MiB`,
    reached: mebibytes <= MEMORY_LIMIT_MIB,
  };
}

/** The first fifth is left out, because the server still warms up. */
function soakThreshold({ soak }: Results): Threshold {
  const work = 'memory over minutes, 256 connections';
  const wanted = `grows ≤ ${LEVEL_MIB} MiB`;
  const fifth = Math.floor((soak?.length ?? 0) / 5);
  if (soak === null || fifth === 0) return unmeasured(work, wanted);
  const mean = (from: number): number =>
    soak.slice(from, from + fifth).reduce((sum, { bytes }) => sum + bytes, 0) / fifth / MEBIBYTE;
  const [early, late] = [mean(fifth), mean(soak.length - fifth)];
  const minutes = ((soak.at(-1)?.second ?? 0) / 60).toFixed(0);
  return {
    work,
    wanted,
    measured: `${early.toFixed(0)} → ${late.toFixed(0)} MiB in ${minutes} min`,
    reached: late - early <= LEVEL_MIB,
  };
}

function unmeasured(work: string, wanted: string): Threshold {
  return { work, wanted, measured: null, reached: false };
}
