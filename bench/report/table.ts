import { thresholdsOf } from './thresholds.js';
import type { CaseFigures, Results, Spread } from './results.js';

type Row = readonly string[];

const MEBIBYTE = 2 ** 20;

/** Markdown tables of a run with all its figures, readable on a terminal, too. */
export function tablesOf(results: Results): { bars: string; figures: string } {
  return { bars: barsTable(results), figures: figuresTable(results) };
}

function barsTable(results: Results): string {
  const rows = thresholdsOf(results).map(({ work, wanted, measured, reached }) => [
    ...[work, wanted, measured ?? 'not measured'],
    measured === null ? '' : reached ? 'reached' : 'not reached',
  ]);
  return table([['workload', 'threshold', 'measured', ''], ...rows], [false, false, false, false]);
}

function figuresTable({ cases }: Results): string {
  const rows = Object.entries(cases).map(([id, figures]) => [id, ...columnsOf(figures)]);
  const head = [
    'subject, workload, load',
    'per second',
    'spread',
    'refused',
    'p50 ms',
    'p99 ms',
    'CPU ms',
    'MiB',
  ];
  return table([head, ...rows], [false, true, true, true, true, true, true, true]);
}

function columnsOf(figures: CaseFigures): string[] {
  const { perSecond, refusedPerSecond, p50Ms, p99Ms, cpuMsPerAnswer, residentBytes } = figures;
  const whole = (spread: Spread | null): string => (spread === null ? '' : count(spread.median));
  const decimal = (spread: Spread | null): string => spread?.median.toFixed(1) ?? '';
  const range = perSecond === null ? '' : `${count(perSecond.min)} – ${count(perSecond.max)}`;
  return [
    ...[whole(perSecond), range, refusedPerSecond?.max === 0 ? '' : whole(refusedPerSecond)],
    ...[decimal(p50Ms), decimal(p99Ms), cpuMsPerAnswer?.median.toFixed(2) ?? ''],
    residentBytes === null ? '' : count(residentBytes.max / MEBIBYTE),
  ];
}

/** `12,345`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/**
 * A Markdown table, formatted as Prettier formats it.
 * @param toRight for each column whether it is right-aligned, for numbers
 */
function table(rows: readonly Row[], toRight: readonly boolean[]): string {
  const widths = toRight.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: Row): string => {
    const cells = widths.map((width, column) => {
      const text = row[column] ?? '';
      return toRight[column] === true ? text.padStart(width) : text.padEnd(width);
    });
    return `| ${cells.join(' | ')} |`;
  };
  const rule = widths.map((width, column) =>
    toRight[column] === true ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  const [head = [], ...body] = rows;
  return [line(head), `| ${rule.join(' | ')} |`, ...body.map(line)].join('\n');
}
