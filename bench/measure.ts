import type { Cell } from './cells.js';
import { findPgbench, type PgbenchRun, runPgbench } from './limit/pgbench.js';
import type { LoadResult } from './load/load.js';
import { runLoad } from './load/run-load.js';
import type { Check, Measurement } from './measurement.js';
import { MemoryWatch } from './memory-watch.js';
import type { Stage } from './stage.js';
import { issueToken } from './vostro-secrets.js';
import { FUNDED_ACCOUNTS, OWNERS } from './work/tenant.js';
import { rowsOf, type Work, workNamed } from './work/works.js';

export interface Timing {
  warmUpSeconds: number;
  seconds: number;
}

/** What came of a cell in one round, with what was counted afterwards. */
export interface Measured {
  measurement: Measurement;
  checks: Omit<Check, 'cell' | 'round'>[];
}

/** Answers that refuse work for want of capacity: shown, and no fault. */
const OVERLOAD = ['429', '503'];
/** The next unused number after what a script has written: its clients do not run in step. */
const NEXT_NUMBER_SQL = {
  opening: `SELECT COALESCE(max(substr(key, length('benchmark-') + 1)::bigint) + 1, 0) AS number
    FROM idempotency_records`,
  transfer: `SELECT COALESCE(max(substr(reference, length('benchmark-') + 1)::bigint) + 1, 0) AS number
    FROM transfers WHERE reference IS NOT NULL`,
};
const UNKNOWN_OF_SQL = {
  refusedPerSecond: 0,
  p50Ms: null,
  p99Ms: null,
  maxMs: null,
  generatorCpu: null,
  cpuMsPerAnswer: null,
  residentBytes: null,
  settleSeconds: null,
};

export async function measure(cell: Cell, stage: Stage, timing: Timing): Promise<Measured> {
  return stage.contender.server === null ? measureSql(cell, stage, timing) : measureHttp(cell, stage, timing);
}

async function measureHttp(
  { work: name, load }: Cell,
  stage: Stage,
  { warmUpSeconds, seconds }: Timing,
): Promise<Measured> {
  const work = workNamed(name);
  const rowsBefore = await countRows(work, stage);
  const first = stage.firstOf(work.numbers);
  const memory = new MemoryWatch(stage.running);
  const token = stage.contender.hasBooks ? await issueToken(stage.databaseUrl) : '';
  const spec = { name, first, token };
  const cpuBefore = stage.running.cpuSeconds();
  const result = await runLoad({ url: stage.running.url, work: spec, load, warmUpSeconds, seconds });
  const cpuMsPerAnswer = perRow(cpuBefore, stage.running.cpuSeconds(), result.sent * rowsOf(work));
  const residentBytes = memory.end();
  const step = work.sameRequest ?? 1;
  stage.useUp(work.numbers, Math.ceil((first + result.sent) / step) * step);
  const rows = (await countRows(work, stage)) - rowsBefore;
  const perSecond = result.perSecond * rowsOf(work);
  const { refusedPerSecond, p50Ms, p99Ms, maxMs, generatorCpu } = result;
  return {
    measurement: {
      perSecond,
      refusedPerSecond,
      p50Ms,
      p99Ms,
      maxMs,
      generatorCpu,
      cpuMsPerAnswer,
      residentBytes,
      settleSeconds: await stage.settle(),
    },
    checks: [...checkAnswers(work, result), ...checkRows(work, result, rows)],
  };
}

/** @param from processor time in seconds, as is `to` */
function perRow(from: number | null, to: number | null, rows: number): number | null {
  return from === null || to === null || rows === 0 ? null : ((to - from) * 1_000) / rows;
}

async function countRows({ writes }: Work, stage: Stage): Promise<number> {
  return writes === null ? 0 : stage.countRows(writes.table);
}

function checkAnswers(work: Work, { sent, answers }: LoadResult): Measured['checks'] {
  const all = Object.values(answers).reduce((sum, count) => sum + count, 0);
  const allowed = [...work.expected.map(String), ...OVERLOAD];
  const strange = Object.keys(answers).filter((status) => !allowed.includes(status));
  return [
    { what: 'answers to all that was sent', expected: String(sent), found: String(all) },
    { what: 'answers of no other status', expected: 'none', found: strange.join(' ') || 'none' },
  ];
}

function checkRows(work: Work, { answers }: LoadResult, rows: number): Measured['checks'] {
  if (work.writes === null) return [];
  const { table, status } = work.writes;
  const acknowledged = (answers[status] ?? 0) * rowsOf(work);
  const checks = [
    { what: `${table} that were acknowledged`, expected: String(acknowledged), found: String(rows) },
  ];
  if (work.sameRequest !== undefined)
    checks.push({ what: 'accounts of a storm', expected: '1', found: String(rows) });
  return checks;
}

async function measureSql(cell: Cell, stage: Stage, { warmUpSeconds, seconds }: Timing): Promise<Measured> {
  const program = findPgbench();
  if (program === null) throw new Error('there is no pgbench');
  const run = pgbenchRunOf(cell, stage);
  const work = workNamed(cell.work);
  const rowsBefore = await countRows(work, stage);
  const rounds = [Math.max(1, Math.round(warmUpSeconds)), seconds];
  let transactions = 0;
  let perSecond = 0;
  for (const duration of rounds) {
    const first = await stage.findNumber(NEXT_NUMBER_SQL[run.script]);
    const variables = { ...run.variables, first };
    const result = await runPgbench(program, { ...run, seconds: duration, variables });
    transactions += result.transactions;
    ({ perSecond } = result);
  }
  const rows = (await countRows(work, stage)) - rowsBefore;
  return {
    measurement: { perSecond, ...UNKNOWN_OF_SQL },
    checks: [{ what: 'rows of committed acts', expected: String(transactions), found: String(rows) }],
  };
}

function pgbenchRunOf({ work }: Cell, { databaseUrl: url }: Stage): Omit<PgbenchRun, 'seconds'> {
  if (work === 'opening/owner') return { script: 'opening', url, variables: { owners: OWNERS } };
  const hot = work === 'transfer/hot' ? 1 : 0;
  return { script: 'transfer', url, variables: { accounts: FUNDED_ACCOUNTS, hot } };
}
