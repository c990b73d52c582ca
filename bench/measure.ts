import type { BenchCase } from './cases.js';
import { findPgbench, type PgbenchRun, runPgbench } from './limit/pgbench.js';
import type { LoadResult } from './load/load.js';
import { runLoad } from './load/run-load.js';
import type { CountCheck, Measurement } from './measurement.js';
import { MemoryWatch } from './memory-watch.js';
import type { BenchRun } from './bench-run.js';
import { issueToken } from './vostro-secrets.js';
import { FUNDED_ACCOUNTS, OWNERS } from './workloads/tenant.js';
import type { Workload } from './workloads/workload.js';
import { rowsOf, workloadNamed } from './workloads/workloads.js';

export interface Timing {
  warmUpSeconds: number;
  seconds: number;
}

/** Measurement of a case in one round, with its counts. */
export interface Measured {
  measurement: Measurement;
  checks: Omit<CountCheck, 'caseId' | 'round'>[];
}

/** Refusals for lack of capacity: they are reported, and are not errors. */
const OVERLOAD = ['429', '503'];
/**
 * The next unused number after a script has run. It is read from the rows, because the clients do not advance in step.
 */
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

export async function measure(benchCase: BenchCase, run: BenchRun, timing: Timing): Promise<Measured> {
  return run.subject.server === null
    ? measureSql(benchCase, run, timing)
    : measureHttp(benchCase, run, timing);
}

async function measureHttp(
  { work: name, load }: BenchCase,
  run: BenchRun,
  { warmUpSeconds, seconds }: Timing,
): Promise<Measured> {
  const workload = workloadNamed(name);
  const rowsBefore = await countRows(workload, run);
  const first = run.firstOf(workload.numbers);
  const memory = new MemoryWatch(run.running);
  const token = run.subject.hasBooks ? await issueToken(run.databaseUrl) : '';
  const spec = { name, first, token };
  const cpuBefore = run.running.cpuSeconds();
  const result = await runLoad({ url: run.running.url, work: spec, load, warmUpSeconds, seconds });
  const cpuMsPerAnswer = perRow(cpuBefore, run.running.cpuSeconds(), result.sent * rowsOf(workload));
  const residentBytes = memory.end();
  const step = workload.sameRequest ?? 1;
  run.useUp(workload.numbers, Math.ceil((first + result.sent) / step) * step);
  const rows = (await countRows(workload, run)) - rowsBefore;
  const perSecond = result.perSecond * rowsOf(workload);
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
      settleSeconds: await run.settle(),
    },
    checks: [...checkAnswers(workload, result), ...checkRows(workload, result, rows)],
  };
}

/** @param from CPU time in seconds; `to`: likewise */
function perRow(from: number | null, to: number | null, rows: number): number | null {
  return from === null || to === null || rows === 0 ? null : ((to - from) * 1_000) / rows;
}

async function countRows({ writes }: Workload, run: BenchRun): Promise<number> {
  return writes === null ? 0 : run.countRows(writes.table);
}

function checkAnswers(workload: Workload, { sent, answers }: LoadResult): Measured['checks'] {
  const all = Object.values(answers).reduce((sum, count) => sum + count, 0);
  const allowed = [...workload.expected.map(String), ...OVERLOAD];
  const strange = Object.keys(answers).filter((status) => !allowed.includes(status));
  return [
    { what: 'answers to all that was sent', expected: String(sent), found: String(all) },
    { what: 'answers of no other status', expected: 'none', found: strange.join(' ') || 'none' },
  ];
}

function checkRows(workload: Workload, { answers }: LoadResult, rows: number): Measured['checks'] {
  if (workload.writes === null) return [];
  const { table, status } = workload.writes;
  const acknowledged = (answers[status] ?? 0) * rowsOf(workload);
  const checks = [
    { what: `${table} that were acknowledged`, expected: String(acknowledged), found: String(rows) },
  ];
  if (workload.sameRequest !== undefined)
    checks.push({ what: 'accounts of a storm', expected: '1', found: String(rows) });
  return checks;
}

async function measureSql(
  benchCase: BenchCase,
  run: BenchRun,
  { warmUpSeconds, seconds }: Timing,
): Promise<Measured> {
  const program = findPgbench();
  if (program === null) throw new Error('there is no pgbench');
  const script = pgbenchRunOf(benchCase, run);
  const workload = workloadNamed(benchCase.work);
  const rowsBefore = await countRows(workload, run);
  const rounds = [Math.max(1, Math.round(warmUpSeconds)), seconds];
  let transactions = 0;
  let perSecond = 0;
  for (const duration of rounds) {
    const first = await run.findNumber(NEXT_NUMBER_SQL[script.script]);
    const variables = { ...script.variables, first };
    const result = await runPgbench(program, { ...script, seconds: duration, variables });
    transactions += result.transactions;
    ({ perSecond } = result);
  }
  const rows = (await countRows(workload, run)) - rowsBefore;
  return {
    measurement: { perSecond, ...UNKNOWN_OF_SQL },
    checks: [{ what: 'rows of committed acts', expected: String(transactions), found: String(rows) }],
  };
}

function pgbenchRunOf({ work }: BenchCase, { databaseUrl: url }: BenchRun): Omit<PgbenchRun, 'seconds'> {
  if (work === 'opening/owner') return { script: 'opening', url, variables: { owners: OWNERS } };
  const hot = work === 'transfer/hot' ? 1 : 0;
  return { script: 'transfer', url, variables: { accounts: FUNDED_ACCOUNTS, hot } };
}
