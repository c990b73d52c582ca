import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { BenchCase, SubjectName } from './cases.js';
import type { DatabaseServer } from './database-server.js';
import { measure, type Timing } from './measure.js';
import { type CountCheck, isRight, type Measurement } from './measurement.js';
import type { BenchProgress } from './progress.js';
import { count } from './report/table.js';
import type { BenchRun } from './bench-run.js';
import { vostroVariables } from './vostro-secrets.js';

export interface Rounds {
  /** Measurements by case id, one per round. */
  measurements: ReadonlyMap<string, Measurement[]>;
  checks: CountCheck[];
}

const WARM_UP_CONNECTIONS = 64;

interface Setting {
  databases: DatabaseServer;
  runs: ReadonlyMap<SubjectName, BenchRun>;
  cases: readonly BenchCase[];
  rounds: number;
  timing: Timing;
  progress: BenchProgress;
}

/**
 * Measures every case in every round, one subject after the other, so that other load on the machine affects all of
 * them. Only the server of the measured subject runs, and it is restarted in each round.
 */
export async function runRounds(setting: Setting): Promise<Rounds> {
  const measurements = new Map<string, Measurement[]>();
  const checks: CountCheck[] = [];
  for (let round = 1; round <= setting.rounds; round++)
    for (const [name, run] of setting.runs) {
      const cases = setting.cases.filter(({ subject }) => subject === name);
      await run.enter();
      checks.push(...(await warmUp(setting, run, cases, round)));
      for (const benchCase of cases) {
        const measured = await measureCell(setting, run, benchCase, round);
        measurements.set(benchCase.id, [...(measurements.get(benchCase.id) ?? []), measured.measurement]);
        checks.push(...measured.checks.map((check) => ({ caseId: benchCase.id, round, ...check })));
      }
      await run.leave();
      if (run.subject.hasBooks && cases.length > 0) checks.push(await verify(run, round));
    }
  return { measurements, checks };
}

/** Warms up the server: a server that has just started is slower, which is not what is measured. */
async function warmUp(
  { timing: { warmUpSeconds } }: Setting,
  run: BenchRun,
  [first]: readonly BenchCase[],
  round: number,
): Promise<CountCheck[]> {
  if (first === undefined || run.subject.server === null) return [];
  const load = { kind: 'closed', connections: WARM_UP_CONNECTIONS } as const;
  const timing = { warmUpSeconds, seconds: warmUpSeconds };
  const { checks } = await measure({ ...first, load }, run, timing);
  return checks.map((check) => ({ caseId: `${run.name} warm-up`, round, ...check }));
}

async function measureCell(
  { databases, timing, progress }: Setting,
  run: BenchRun,
  benchCase: BenchCase,
  round: number,
): ReturnType<typeof measure> {
  await databases.checkpoint();
  progress.begin(round, benchCase.id);
  const measured = await measure(benchCase, run, timing);
  const { perSecond, p99Ms } = measured.measurement;
  const wrong = measured.checks.filter((check) => !isRight({ caseId: benchCase.id, round, ...check }));
  const latency = p99Ms === null ? '' : `, p99 ${p99Ms.toFixed(1)} ms`;
  const complaint = wrong.map(({ what, expected, found }) => `, WRONG: ${what}: ${found}, not ${expected}`);
  progress.end(`${count(perSecond)}/s${latency}${complaint.join('')}`);
  return measured;
}

/** Recomputes every balance from the transfers, with the command that operators use. */
async function verify(run: BenchRun, round: number): Promise<CountCheck> {
  const child = spawn(process.execPath, [join(process.cwd(), 'dist/cli/vostro.js'), 'verify', '--json'], {
    env: { PATH: process.env.PATH, LOG_LEVEL: 'error', ...vostroVariables(run.databaseUrl) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  const found = code === 0 ? 'clean' : printed;
  return { caseId: `${run.name} books`, round, what: 'vostro verify', expected: 'clean', found };
}
