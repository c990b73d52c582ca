import { type Ended, errorOf, objectsOf, start as startWith } from '../support/cli.js';
import { Money, type TestAccount } from '../support/money.js';
import { testVariables } from '../support/test-environment.js';
import { until } from '../support/until.js';
import { createWorld, type World } from '../support/world.js';

let world: World;
let account: TestAccount;
let platform: string;

beforeAll(async () => {
  world = await createWorld();
  account = await new Money(world).funded(10);
  platform = `plt_${account.platformId}`;
});
afterAll(() => world.close());

const start = (...args: string[]) => startWith(['verify', ...args], testVariables(world.databaseUrl));
const verify = (...args: string[]): Promise<Ended> => start(...args).ended;

/** Runs `act` while a balance is altered by 1. */
async function whileRaised(act: () => Promise<void>): Promise<void> {
  const change = (by: number) =>
    world.dataSource.query(
      'UPDATE balances SET posted_minor = posted_minor + $3 WHERE platform_id = $1 AND account_id = $2',
      [account.platformId, account.id, by],
    );
  await change(1);
  try {
    await act();
  } finally {
    await change(-1);
  }
}

describe('vostro verify', () => {
  it('exits with 0 when the books agree, and prints what it verified', async () => {
    const { code, out } = await verify();
    expect(code).toBe(0);
    expect(out).toMatch(/^The books agree: 1 transfers, 2 accounts, 0 holds in \d+\.\d s\n$/);
  });

  it('exits with 5 when they do not agree, and names the first rows', async () => {
    await whileRaised(async () => {
      const { code, out } = await verify();
      expect(code).toBe(5);
      expect(out).toMatch(/^The books do not agree, 2 times: 1 transfers/);
      expect(out).toContain(`  balance_posted ${account.name}: expected 1000, found 1001\n`);
      expect(out).toContain(`  sum_not_zero ${platform}: expected 0 USD, found 1 USD\n`);
    });
  });

  it('reports as JSON, of one platform on request', async () => {
    await whileRaised(async () => {
      const ended = await verify('--platform', platform, '--json');
      expect([ended.code, ended.err]).toEqual([5, '']);
      expect(objectsOf(ended)).toEqual([
        {
          object: 'ledger_verification',
          platform,
          clean: false,
          transfers: 1,
          accounts: 2,
          holds: 0,
          problems: 2,
          startedAt: expect.any(String),
          durationMs: expect.any(Number),
          firstProblems: [
            expect.objectContaining({ check: 'balance_posted', account: account.name }),
            expect.objectContaining({ check: 'sum_not_zero', platform }),
          ],
        },
      ]);
    });
  });

  it('exits with 2 for an invalid platform id, and with 4 for an unknown platform', async () => {
    const wrong = await verify('--platform', 'acc_1_1', '--json');
    const message = '--platform must be an id plt_…, not acc_1_1';
    expect([wrong.code, errorOf(wrong)]).toEqual([2, { code: 'usage', message }]);
    const unknown = await verify('--platform', 'plt_99999999', '--json');
    expect([unknown.code, errorOf(unknown)]).toMatchObject([4, { code: 'object_not_found' }]);
  });

  it('reports nothing about the books when interrupted', async () => {
    const other = world.dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query('LOCK TABLE transfers IN ACCESS EXCLUSIVE MODE');
    const program = start();
    // Locks of this database only: those of other tests are unrelated to this program.
    const waits = `NOT granted AND relation = 'transfers'::regclass
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    const isWaiting = async () => (await world.count('pg_locks', waits)) > 0;
    await Promise.race([until(isWaiting), program.ended]);
    program.process.kill('SIGINT');
    await other.rollbackTransaction();
    await other.release();
    const { code, out, err } = await program.ended;
    expect([code, out]).toEqual([130, '']);
    expect(err).toContain('Interrupted');
  });
});
