import { AdminClient } from '../support/admin.js';
import { until } from '../support/until.js';
import { SHOW_READ_ONLY } from '../../src/database/unusable-server.js';
import { createWorld, type World } from '../support/world.js';

/** The pool has as many connections as callers below. */
const CALLERS = 6;

let world: World;
let admin: AdminClient;

beforeAll(async () => {
  world = await createWorld({ DATABASE_POOL_SIZE: String(CALLERS) });
  admin = new AdminClient(world, await world.make.adminHeaders('viewer'));
});
afterAll(() => world.close());

/**
 * Calls while a table is locked, so that the statements that read it wait.
 * @param text of such a statement
 * @returns how many waited, and the statuses
 */
async function whileLocked(
  { table, text }: { table: string; text: string },
  call: () => Promise<number>,
): Promise<[number, number[]]> {
  const lock = world.dataSource.createQueryRunner();
  const waiting = async (): Promise<number> => {
    // Otherwise a transaction sees the sessions as they were when it first looked.
    await lock.query('SELECT pg_stat_clear_snapshot()');
    const [row] = (await lock.query(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database()
         AND wait_event_type = 'Lock' AND query LIKE '%${text}%'`,
    )) as [{ n: number }];
    return row.n;
  };
  await lock.startTransaction();
  await lock.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
  const calls = Array.from({ length: CALLERS }, call);
  await until(async () => (await waiting()) > 0);
  // By then every other call has started; requests that do not read the table are answered meanwhile.
  for (let count = 0; count < 3; count++) expect((await admin.get('/currencies')).status).toBe(200);
  const most = await waiting();
  await lock.rollbackTransaction();
  await lock.release();
  return [most, await Promise.all(calls)];
}

describe('Requests that read whole tables', () => {
  it.each([
    ['/ledger/trial-balance', { table: 'balances', text: 'balances' }],
    ['/audit/verify', { table: 'audit_seals', text: 'LEFT JOIN audit_entries' }],
  ])('run one at a time, and leave connections to other requests: %s', async (path, statement) => {
    // The keys of the audit trail are read once.
    await admin.get(path);
    const [most, statuses] = await whileLocked(statement, async () => (await admin.get(path)).status);
    expect(most).toBe(1);
    expect(statuses).toEqual(Array(CALLERS).fill(200));
  });
});

describe('The readiness check', () => {
  it('takes one connection, however many ask', async () => {
    const asked = jest.spyOn(world.dataSource, 'query');
    const answers = await Promise.all(Array.from({ length: 200 }, () => world.send('GET', '/health/ready')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(asked.mock.calls.length).toBeLessThan(20);
    asked.mockRestore();
  });

  it('is 503 when the database does not answer, and 200 once it does', async () => {
    const answer = Promise.withResolvers<unknown>();
    const query = world.dataSource.query.bind(world.dataSource);
    const asked = jest
      .spyOn(world.dataSource, 'query')
      .mockImplementation((sql, values) => (sql === SHOW_READ_ONLY ? answer.promise : query(sql, values)));
    // The second probe comes when the answer is late already.
    for (let probe = 0; probe < 2; probe++)
      expect((await world.send('GET', '/health/ready')).status).toBe(503);
    expect(asked.mock.calls.filter(([sql]) => sql === SHOW_READ_ONLY)).toHaveLength(1);
    answer.resolve([{ transaction_read_only: 'off' }]);
    await until(async () => (await world.send('GET', '/health/ready')).status === 200);
    asked.mockRestore();
  });

  it('is asked again for the next caller', async () => {
    const asked = jest.spyOn(world.dataSource, 'query').mockRejectedValueOnce(new Error('any'));
    expect((await world.send('GET', '/health/ready')).status).toBe(500);
    expect((await world.send('GET', '/health/ready')).status).toBe(200);
    asked.mockRestore();
  });
});
