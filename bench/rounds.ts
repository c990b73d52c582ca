import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Cell, ContenderName } from './cells.js';
import type { DatabaseServer } from './database-server.js';
import { measure, type Timing } from './measure.js';
import { type Check, isRight, type Measurement } from './measurement.js';
import type { Progress } from './progress.js';
import { count } from './report/table.js';
import type { Stage } from './stage.js';
import { vostroVariables } from './vostro-secrets.js';

export interface Rounds {
  /** By cell id, one of each round. */
  measurements: ReadonlyMap<string, Measurement[]>;
  checks: Check[];
}

const WARM_UP_CONNECTIONS = 64;

interface Setting {
  databases: DatabaseServer;
  stages: ReadonlyMap<ContenderName, Stage>;
  cells: readonly Cell[];
  rounds: number;
  timing: Timing;
  progress: Progress;
}

/**
 * Measures every cell in every round, contender after contender, so that whatever else the machine does meanwhile
 * falls on all of them. Each contender's server runs alone, and begins each round anew.
 */
export async function runRounds(setting: Setting): Promise<Rounds> {
  const measurements = new Map<string, Measurement[]>();
  const checks: Check[] = [];
  for (let round = 1; round <= setting.rounds; round++)
    for (const [name, stage] of setting.stages) {
      const cells = setting.cells.filter(({ contender }) => contender === name);
      await stage.enter();
      checks.push(...(await warmUp(setting, stage, cells, round)));
      for (const cell of cells) {
        const measured = await measureCell(setting, stage, cell, round);
        measurements.set(cell.id, [...(measurements.get(cell.id) ?? []), measured.measurement]);
        checks.push(...measured.checks.map((check) => ({ cell: cell.id, round, ...check })));
      }
      await stage.leave();
      if (stage.contender.hasBooks && cells.length > 0) checks.push(await verify(stage, round));
    }
  return { measurements, checks };
}

/** A server that has just started is slow for a while, and that is not what is measured. */
async function warmUp(
  { timing: { warmUpSeconds } }: Setting,
  stage: Stage,
  [first]: readonly Cell[],
  round: number,
): Promise<Check[]> {
  if (first === undefined || stage.contender.server === null) return [];
  const load = { kind: 'closed', connections: WARM_UP_CONNECTIONS } as const;
  const timing = { warmUpSeconds, seconds: warmUpSeconds };
  const { checks } = await measure({ ...first, load }, stage, timing);
  return checks.map((check) => ({ cell: `${stage.name} warm-up`, round, ...check }));
}

async function measureCell(
  { databases, timing, progress }: Setting,
  stage: Stage,
  cell: Cell,
  round: number,
): ReturnType<typeof measure> {
  await databases.checkpoint();
  progress.begin(round, cell.id);
  const measured = await measure(cell, stage, timing);
  const { perSecond, p99Ms } = measured.measurement;
  const wrong = measured.checks.filter((check) => !isRight({ cell: cell.id, round, ...check }));
  const latency = p99Ms === null ? '' : `, p99 ${p99Ms.toFixed(1)} ms`;
  const complaint = wrong.map(({ what, expected, found }) => `, WRONG: ${what}: ${found}, not ${expected}`);
  progress.end(`${count(perSecond)}/s${latency}${complaint.join('')}`);
  return measured;
}

/** Replays every transfer against every balance, by the command that operators have for it. */
async function verify(stage: Stage, round: number): Promise<Check> {
  const child = spawn(process.execPath, [join(process.cwd(), 'dist/cli/vostro.js'), 'verify', '--json'], {
    env: { PATH: process.env.PATH, LOG_LEVEL: 'error', ...vostroVariables(stage.databaseUrl) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  const found = code === 0 ? 'clean' : printed;
  return { cell: `${stage.name} books`, round, what: 'vostro verify', expected: 'clean', found };
}
