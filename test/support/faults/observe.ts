import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../until.js';
import type { Fault } from './fault.js';
import { ReadinessProbe } from './readiness-probe.js';
import { countsOf, type FaultStage, MAX_CONNECTIONS } from './stage.js';

/** Load before the fault begins, and after the server is ready again. */
const AROUND_MS = 500;
/** Within this time of the fault's beginning, an answer may still be of the time before it. */
const NOTICED_WITHIN_MS = 1_000;
const RECOVERS_WITHIN_MS = 10_000;
const SETTLE_MS = 60_000;

/** What a fault did to a server under load. */
export interface Observation {
  isAlive: boolean;
  isSameProcess: boolean;
  /** Each status of a response to the load, with its number; 0: the connection broke. */
  statuses: Map<number, number>;
  /** Whether each refusal said when to retry. */
  hasRetryAfter: boolean;
  /** Requests without a definitive response until they were sent again. */
  inDoubt: number;
  acknowledged: number;
  /** Things that exist without one acknowledged request each, and acknowledged requests without their one thing. */
  wrong: string[];
  /** Whether a write succeeded while the fault lasted. */
  hasWritten: boolean;
  /** Statuses of `/health/ready` while the fault lasted, and from the recovery on. */
  readyDuring: Set<number>;
  readyAfter: Set<number>;
  recoveredAfterMs: number;
  connections: number;
  sessions: number;
  log: string;
}

/** Lets a fault happen to a server under load, until every request of the load has its definitive response. */
export async function observe(stage: FaultStage, fault: Fault): Promise<Observation> {
  const { load } = stage;
  const { pid } = stage.program.process;
  const logged = stage.log().length;
  const acknowledged = load.acknowledged.length;
  load.statuses.clear();
  const probe = new ReadinessProbe(stage.url);
  const running = load.run(stage.url);
  await delay(AROUND_MS);
  const { from, to } = await happen(stage, fault);
  await stage.untilReady(fault.recoversWithinMs ?? RECOVERS_WITHIN_MS);
  const recovered = performance.now();
  await delay(AROUND_MS);
  load.stop();
  await running;
  const inDoubt = await load.settle(stage.url, SETTLE_MS);
  await probe.stop();
  await backToNormal(stage);
  const within = <T extends { sentAt: number; answeredAt: number }>(answers: readonly T[]) =>
    answers.filter(({ sentAt, answeredAt }) => sentAt > from && answeredAt < to);
  return {
    isAlive: stage.isAlive(),
    isSameProcess: stage.program.process.pid === pid,
    statuses: new Map(load.statuses),
    hasRetryAfter: load.unsettled.every(({ retryAfter }) => retryAfter !== null),
    inDoubt,
    acknowledged: load.acknowledged.length - acknowledged,
    wrong: await wrongEffects(stage),
    hasWritten: within(load.acknowledged).some(({ answer }) => answer.status < 300),
    readyDuring: new Set(within(probe.answers).map(({ status }) => status)),
    readyAfter: new Set(probe.answers.filter(({ sentAt }) => sentAt > recovered).map(({ status }) => status)),
    recoveredAfterMs: Math.round(recovered - to),
    connections: stage.proxy.open(),
    sessions: await stage.sessions(),
    log: stage.log().slice(logged),
  };
}

/** @returns the time in which each answer is of the fault */
async function happen(stage: FaultStage, fault: Fault): Promise<{ from: number; to: number }> {
  const { lastsMs } = fault;
  const end = await fault.begin(stage);
  const from = performance.now() + Math.min(NOTICED_WITHIN_MS, lastsMs / 2);
  await delay(lastsMs);
  const to = performance.now();
  await end();
  return { from, to };
}

/** Waits for connections that the process has given up; what stays is in the observation. */
async function backToNormal(stage: FaultStage): Promise<void> {
  const isNormal = async () =>
    stage.proxy.open() <= MAX_CONNECTIONS && (await stage.sessions()) <= MAX_CONNECTIONS;
  await until(isNormal).catch(() => undefined);
}

async function wrongEffects(stage: FaultStage): Promise<string[]> {
  const successes = stage.load.acknowledged.filter(({ answer }) => answer.status < 300);
  const expected = countsOf(successes.map(({ request }) => request.effect.key));
  const effects = await stage.effects();
  const keys = new Set([...expected.keys(), ...effects.keys()]);
  return [...keys]
    .filter((key) => expected.get(key) !== 1 || effects.get(key) !== 1)
    .map((key) => `${key}: ${expected.get(key) ?? 0} acknowledged, ${effects.get(key) ?? 0} in the database`);
}
