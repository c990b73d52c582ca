import fc from 'fast-check';
import { LedgerVerifier } from '../../src/ledger/reports/ledger-verifier.service.js';
import { histories } from '../support/history.js';
import { HistoryRunner } from '../support/history-runner.js';
import { createWorld, type World } from '../support/world.js';

/** `HISTORY_SEED=<seed>` replays the same histories. */
const SEED = Number(process.env.HISTORY_SEED ?? Math.floor(Math.random() * 2 ** 31));
const STEPS = Number(process.env.HISTORY_STEPS ?? 1_000_000);
/** Long histories find the faults that appear only after many steps. */
const [MAX_STEPS, MAX_UNDONE] = [200, 20];
const A_BATCH = 50;
const STREAMS = 4;

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

it(
  `plays ${STEPS} steps of long random histories with the same result as a plain model (HISTORY_SEED=${SEED})`,
  async () => {
    const runner = new HistoryRunner(world);
    const property = fc.asyncProperty(histories(MAX_STEPS, MAX_UNDONE), (history) => runner.play(history));
    let seed = SEED;
    const stream = async (): Promise<void> => {
      while (runner.steps < STEPS) await fc.assert(property, { seed: seed++, numRuns: A_BATCH });
    };
    await Promise.all(Array.from({ length: STREAMS }, stream));
    const verdict = await world.app.get(LedgerVerifier).verify({ platformId: null });
    expect(verdict.firstProblems).toEqual([]);
    process.stdout.write(`${runner.steps} steps, HISTORY_SEED=${SEED}\n`);
  },
  24 * 60 * 60 * 1_000,
);
