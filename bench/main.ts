import 'reflect-metadata';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem, type } from 'node:os';
import { dirname, join } from 'node:path';
import { type Cell, CELLS, type ContenderName, GROWTH_CELLS } from './cells.js';
import { contenders } from './contenders.js';
import { type DatabaseServer, openDatabaseServer } from './database-server.js';
import { findPgbench } from './limit/pgbench.js';
import { isRight } from './measurement.js';
import { type BenchOptions, parseOptions, USAGE } from './options.js';
import { Progress } from './progress.js';
import { type MemorySample, type Results, summarise } from './report/results.js';
import { tablesOf } from './report/table.js';
import { type Rounds, runRounds } from './rounds.js';
import { soak } from './soak.js';
import { Stage } from './stage.js';

/** Measures all contenders in one run. Ends with 1 when an answer and the books disagree, never for a figure. */
async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const cells = chosenCells(options);
  const progress = new Progress(cells.length * options.rounds);
  if (findPgbench() === null) progress.say('There is no pgbench here: the limit is not measured.');
  const interrupted = interruption();
  // Heard of below, once there is something to clean up.
  interrupted.catch(() => undefined);
  const folder = mkdtempSync(join(tmpdir(), 'vostro-bench-logs-'));
  const databases = await openDatabaseServer();
  const stages = new Map<ContenderName, Stage>();
  try {
    const running = run({ options, cells, progress, databases, stages, folder });
    const results = await Promise.race([running, interrupted]);
    report(results, options);
    if (results.checks.failed.length > 0) process.exitCode = 1;
  } finally {
    for (const stage of stages.values()) await stage.close();
    await databases.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rejects when somebody wants the run to end. */
async function interruption(): Promise<never> {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  await Promise.race(signals.map((signal) => once(process, signal)));
  throw new Error('interrupted');
}

function chosenCells({ only, growth }: BenchOptions): Cell[] {
  const hasPgbench = findPgbench() !== null;
  return [...CELLS, ...(growth === null ? [] : GROWTH_CELLS)].filter(
    ({ id, contender }) => (only?.test(id) ?? true) && (hasPgbench || contender !== 'limit'),
  );
}

interface Run {
  options: BenchOptions;
  cells: readonly Cell[];
  progress: Progress;
  databases: DatabaseServer;
  /** Filled here; whoever gave it closes what is in it. */
  stages: Map<ContenderName, Stage>;
  folder: string;
}

async function run({ options, cells, progress, databases, stages, folder }: Run): Promise<Results> {
  const all = contenders(options.growth ?? 0);
  const names = new Set(cells.map(({ contender }) => contender));
  if (options.soakMinutes !== null) names.add('vostro');
  for (const name of names) {
    progress.say(`filling the database of ${name}`);
    stages.set(name, await Stage.build(name, all[name], databases, folder));
  }
  const { rounds, soakMinutes } = options;
  const found = await runRounds({ databases, stages, cells, rounds, timing: options, progress });
  const vostro = stages.get('vostro');
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
    cells: Object.fromEntries([...measurements].map(([id, of]) => [id, summarise(of)])),
    soak: soaked,
  };
}

function report(results: Results, { out }: BenchOptions): void {
  const { bars, figures } = tablesOf(results);
  process.stdout.write(`\n${figures}\n\n${bars}\n\n`);
  const { made, failed } = results.checks;
  process.stdout.write(`${made} counts and verifications, ${failed.length} of them wrong\n`);
  for (const { cell, round, what, expected, found } of failed)
    process.stdout.write(`  ${cell}, round ${round}: ${what}: expected ${expected}, found ${found}\n`);
  if (out === null) return;
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(`The figures are in ${out}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack ?? String(error)}\n`);
  // What a run that ended early has under way is of no use to anybody.
  process.exit(1);
});
