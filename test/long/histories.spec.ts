import fc from 'fast-check';
import { LedgerVerifier } from '../../src/ledger/reports/ledger-verifier.service.js';
import { histories } from '../support/history.js';
import { HistoryRunner } from '../support/history-runner.js';
import { createWorld, type World } from '../support/world.js';

/** `HISTORY_SEED=<seed>` replays the same histories. */
const SEED = Number(process.env.HISTORY_SEED ?? Math.floor(Math.random() * 2 ** 31));
const HISTORIES = Number(process.env.HISTORIES ?? 10_000);
/** The number of histories played concurrently. */
const STREAMS = 4;
const [MAX_STEPS, MAX_UNDONE] = (process.env.HISTORY_STEPS ?? '4,1').split(',').map(Number);

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

it(
  `plays ${HISTORIES} random histories with the same result as a plain model (HISTORY_SEED=${SEED})`,
  async () => {
    const runner = new HistoryRunner(world);
    const property = fc.asyncProperty(histories(MAX_STEPS ?? 4, MAX_UNDONE ?? 1), (history) =>
      runner.play(history),
    );
    const streams = Array.from({ length: STREAMS }, (_, stream) =>
      fc.assert(property, { seed: SEED + stream, numRuns: Math.ceil(HISTORIES / STREAMS) }),
    );
    await Promise.all(streams);
    const verdict = await world.app.get(LedgerVerifier).verify({ platformId: null });
    expect(verdict.firstProblems).toEqual([]);
    process.stdout.write(`${runner.steps} steps in ${HISTORIES} histories, HISTORY_SEED=${SEED}\n`);
  },
  24 * 60 * 60 * 1_000,
);
