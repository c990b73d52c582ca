import type { CaseFigures, Results, Spread } from './results.js';
import { count } from './table.js';

interface Bar {
  label: string;
  caseId: string;
  /** The project's own subjects. */
  isOurs?: true;
}

interface Group {
  title: string;
  figure: 'perSecond' | 'p99Ms';
  bars: readonly Bar[];
}

const GROUPS: readonly Group[] = [
  {
    title: 'Accounts opened per second, 64 connections',
    figure: 'perSecond',
    bars: [
      { label: 'limit: the SQL alone, one per commit', caseId: 'limit opening/owner c16' },
      { label: 'floor: Fastify, one row, no checks', caseId: 'floor opening/owner c64' },
      { label: 'conventional: NestJS, TypeORM', caseId: 'conventional opening/owner c64' },
      { label: 'Vostro, owner API', caseId: 'vostro opening/owner c64', isOurs: true },
      { label: 'Vostro, workspace API', caseId: 'vostro opening/workspace c64', isOurs: true },
      { label: 'Vostro, platform API', caseId: 'vostro opening/platform c64', isOurs: true },
    ],
  },
  {
    title: 'Transfers per second, 64 connections, 10,000 accounts',
    figure: 'perSecond',
    bars: [
      { label: 'limit: the SQL alone, one per commit', caseId: 'limit transfer/spread c16' },
      { label: 'limit, every debit from one account', caseId: 'limit transfer/hot c16' },
      { label: 'Vostro', caseId: 'vostro transfer/spread c64', isOurs: true },
      { label: 'Vostro, every debit from one account', caseId: 'vostro transfer/hot c64', isOurs: true },
    ],
  },
  {
    title: 'Accounts read per second, 64 connections',
    figure: 'perSecond',
    bars: [
      { label: 'floor: Fastify, one row, no checks', caseId: 'floor reading/bare c64' },
      { label: 'Vostro, owner API', caseId: 'vostro reading/owner c64', isOurs: true },
    ],
  },
  {
    title: 'Milliseconds that 99 of 100 openings take at most, 100 requests/s',
    figure: 'p99Ms',
    bars: [
      { label: 'floor: Fastify, one row, no checks', caseId: 'floor opening/owner r100' },
      { label: 'conventional: NestJS, TypeORM', caseId: 'conventional opening/owner r100' },
      { label: 'Vostro, owner API', caseId: 'vostro opening/owner r100', isOurs: true },
    ],
  },
];

const WIDTH = 800;
const LABELS_WIDTH = 260;
const VALUES_WIDTH = 80;
const BARS_WIDTH = WIDTH - LABELS_WIDTH - VALUES_WIDTH;
const TITLE_HEIGHT = 40;
const ROW_HEIGHT = 24;
const BAR_HEIGHT = 14;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .bar { fill: #8c959f; }
  .ours { fill: #0969da; }
  .spread { stroke: #1f2328; stroke-width: 1.5; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .bar { fill: #6e7681; }
    .ours { fill: #4493f8; }
    .spread { stroke: #e6edf3; }
  }`;

/** The chart of a run as SVG: bars for the medians, and a line from the minimum to the maximum of the rounds. */
export function chartOf(results: Results): string {
  const parts: string[] = [];
  let y = 0;
  for (const group of GROUPS) {
    const bars = measuredBars(group, results.cases);
    if (bars.length === 0) continue;
    parts.push(`  <text class="title" x="0" y="${y + 26}">${group.title}</text>`);
    y += TITLE_HEIGHT;
    const most = Math.max(...bars.map(({ spread }) => spread.max));
    for (const { bar, spread } of bars) {
      parts.push(...rowOf(bar, spread, { y, most, figure: group.figure }));
      y += ROW_HEIGHT;
    }
  }
  const height = y + BAR_HEIGHT;
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">`;
  const title = '  <title id="title">Vostro measured beside other servers on the same PostgreSQL</title>';
  return [head, title, `  <style>${STYLE}\n  </style>`, ...parts, '</svg>', ''].join('\n');
}

function measuredBars(
  { bars, figure }: Group,
  cases: Readonly<Record<string, CaseFigures>>,
): { bar: Bar; spread: Spread }[] {
  return bars.flatMap((bar) => {
    const spread = cases[bar.caseId]?.[figure] ?? null;
    return spread === null ? [] : [{ bar, spread }];
  });
}

function rowOf(
  { label, isOurs }: Bar,
  { median, min, max }: Spread,
  { y, most, figure }: { y: number; most: number; figure: Group['figure'] },
): string[] {
  const scale = (value: number): string =>
    ((value / Math.max(most, Number.MIN_VALUE)) * BARS_WIDTH).toFixed(1);
  const at = (value: number): string => (LABELS_WIDTH + Number(scale(value))).toFixed(1);
  const middle = y + ROW_HEIGHT / 2;
  const base = middle + 4.5;
  const shown = figure === 'p99Ms' ? median.toFixed(1) : count(median);
  return [
    `  <text x="0" y="${base}">${label}</text>`,
    `  <rect class="bar${isOurs === true ? ' ours' : ''}" x="${LABELS_WIDTH}" y="${middle - BAR_HEIGHT / 2}" width="${scale(median)}" height="${BAR_HEIGHT}"/>`,
    `  <line class="spread" x1="${at(min)}" y1="${middle}" x2="${at(max)}" y2="${middle}"/>`,
    `  <text x="${WIDTH}" y="${base}" text-anchor="end">${shown}</text>`,
  ];
}
