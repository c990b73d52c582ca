import 'reflect-metadata';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem, type } from 'node:os';
import { dirname, join } from 'node:path';
import { type BenchCase, CASES, type SubjectName, GROWTH_CASES } from './cases.js';
import { benchSubjects } from './subjects.js';
import { type DatabaseServer, openDatabaseServer } from './database-server.js';
import { findPgbench } from './limit/pgbench.js';
import { isRight } from './measurement.js';
import { type BenchOptions, parseOptions, USAGE } from './options.js';
import { BenchProgress } from './progress.js';
import { type MemorySample, type Results, summarise } from './report/results.js';
import { tablesOf } from './report/table.js';
import { type Rounds, runRounds } from './rounds.js';
import { soak } from './soak.js';
import { BenchRun } from './bench-run.js';

/**
 * Measures all subjects in one run. Exits with 1 when the responses and the ledger disagree, never because of a figure.
 */
async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const cases = chosenCases(options);
  const progress = new BenchProgress(cases.length * options.rounds);
  if (findPgbench() === null) progress.say('There is no pgbench here: the limit is not measured.');
  const interrupted = interruption();
  // Handled below, once there is something to clean up.
  interrupted.catch(() => undefined);
  const folder = mkdtempSync(join(tmpdir(), 'vostro-bench-logs-'));
  const databases = await openDatabaseServer();
  const runs = new Map<SubjectName, BenchRun>();
  try {
    const running = run({ options, cases, progress, databases, runs, folder });
    const results = await Promise.race([running, interrupted]);
    report(results, options);
    if (results.checks.failed.length > 0) process.exitCode = 1;
  } finally {
    for (const run of runs.values()) await run.close();
    await databases.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rejects when the user interrupts the run. */
async function interruption(): Promise<never> {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  await Promise.race(signals.map((signal) => once(process, signal)));
  throw new Error('interrupted');
}

function chosenCases({ only, growth }: BenchOptions): BenchCase[] {
  const hasPgbench = findPgbench() !== null;
  return [...CASES, ...(growth === null ? [] : GROWTH_CASES)].filter(
    ({ id, subject }) => (only?.test(id) ?? true) && (hasPgbench || subject !== 'limit'),
  );
}

interface Run {
  options: BenchOptions;
  cases: readonly BenchCase[];
  progress: BenchProgress;
  databases: DatabaseServer;
  /** Filled by `run`, closed by the caller. */
  runs: Map<SubjectName, BenchRun>;
  folder: string;
}

async function run({ options, cases, progress, databases, runs, folder }: Run): Promise<Results> {
  const all = benchSubjects(options.growth ?? 0);
  const names = new Set(cases.map(({ subject }) => subject));
  if (options.soakMinutes !== null) names.add('vostro');
  for (const name of names) {
    progress.say(`filling the database of ${name}`);
    runs.set(name, await BenchRun.build(name, all[name], databases, folder));
  }
  const { rounds, soakMinutes } = options;
  const found = await runRounds({ databases, runs, cases, rounds, timing: options, progress });
  const vostro = runs.get('vostro');
  const isSoaked = soakMinutes !== null && vostro !== undefined;
  return toResults(options, databases, found, isSoaked ? await soak(vostro, soakMinutes, progress) : null);
}

function toResults(
  { rounds, warmUpSeconds, seconds, growth }: BenchOptions,
  { version, isOwn }: DatabaseServer,
  { measurements, checks }: Rounds,
  soaked: MemorySample[] | null,
): Results {
  return {
    command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(
      ' ',
    ),
    date: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryBytes: totalmem(),
      system: `${type()} ${process.arch}`,
      node: process.versions.node,
      postgresql: version,
      postgresqlIsOwn: isOwn,
    },
    rounds,
    warmUpSeconds,
    seconds,
    growth,
    checks: { made: checks.length, failed: checks.filter((check) => !isRight(check)) },
    cases: Object.fromEntries([...measurements].map(([id, of]) => [id, summarise(of)])),
    soak: soaked,
  };
}

function report(results: Results, { out }: BenchOptions): void {
  const { bars, figures } = tablesOf(results);
  process.stdout.write(`\n${figures}\n\n${bars}\n\n`);
  const { made, failed } = results.checks;
  process.stdout.write(`${made} counts and verifications, ${failed.length} of them wrong\n`);
  for (const { caseId, round, what, expected, found } of failed)
    process.stdout.write(`  ${caseId}, round ${round}: ${what}: expected ${expected}, found ${found}\n`);
  if (out === null) return;
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(`The figures are in ${out}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack ?? String(error)}\n`);
  // The requests in flight of an interrupted run are discarded.
  process.exit(1);
});
