import { logStatements } from '../support/statement-log.js';
import { createWorld, type World } from '../support/world.js';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** The generic plan of a statement, which PostgreSQL keeps for any parameters. */
async function keptPlan(statement: string): Promise<string> {
  const places = [...statement.matchAll(/\$(\d+)/g)].map(([, place]) => Number(place));
  const nulls = Array.from({ length: Math.max(...places) }, () => 'NULL').join(', ');
  return world.dataSource.transaction(async (tx) => {
    await tx.query('SET LOCAL plan_cache_mode = force_generic_plan');
    await tx.query(`PREPARE statement AS ${statement}`);
    const rows = await tx.query<{ 'QUERY PLAN': string }[]>(`EXPLAIN EXECUTE statement(${nulls})`);
    await tx.query('DEALLOCATE statement');
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  });
}

/** The hot statements: those of an opening with an idempotency key per API, and of reading an account. */
async function hotStatements(): Promise<string[]> {
  const customer = await world.make.aCustomer({ countryOfResidence: 'US' });
  const workspace = await world.make.aWorkspace(customer);
  const owner = await world.make.ownerHeaders(customer);
  const calls = [
    { path: '/api/v1/accounts', headers: owner, body: { currency: 'USD' } },
    { path: '/accounts', headers: await world.make.workspaceHeaders(workspace), body: { productID: 7 } },
  ];
  const statements = logStatements(world.dataSource);
  for (const { path, headers, body } of calls) {
    const keyed = { ...headers, 'idempotency-key': 'a-key' };
    const { status } = await world.send('POST', path, { headers: keyed, body });
    expect(status).toBeLessThan(300);
  }
  const listed = await world.send('GET', '/api/v1/accounts', { headers: owner });
  const [account] = listed.body as { id: string }[];
  expect((await world.send('GET', `/api/v1/accounts/${account?.id}`, { headers: owner })).status).toBe(200);
  const texts = new Set(statements.map(({ query }) => query));
  return [...texts].filter((text) => /\bunnest\(\(SELECT \$/.test(text));
}

/** How often each prepared statement used a generic (`kept`) and a custom (`made`) plan, by connection. */
async function planned(): Promise<Planned[]> {
  // Each connection lists its own prepared statements. While all are busy, each gets one query.
  const asked = Array.from({ length: 10 }, () =>
    world.dataSource.query<Planned[]>(
      `SELECT name, generic_plans::int AS kept, custom_plans::int AS made FROM pg_prepared_statements, pg_sleep(0.3)`,
    ),
  );
  return (await Promise.all(asked)).flat();
}

interface Planned {
  name: string;
  kept: number;
  made: number;
}

const TRIES = 5;

describe('A hot statement', () => {
  it('gets five custom plans per connection, and then a generic one', async () => {
    const customer = await world.make.aCustomer({ countryOfResidence: 'US' });
    const headers = await world.make.platformHeaders(customer.platformId);
    const path = `/customers/${customer.identifier}/accounts`;
    for (let number = 0; number < 60; number++) {
      const named = { accountIdentifier: `planned-${number}`, displayName: `Account ${number}` };
      const body = { ...named, contactEmail: 'a@b.example' };
      const keyed = { ...headers, 'idempotency-key': `key-${number}` };
      expect((await world.send('POST', path, { headers: keyed, body })).status).toBe(201);
    }
    const often = (await planned()).filter(({ kept, made }) => kept + made > 2 * TRIES);
    const names = new Set(often.map(({ name }) => name));
    expect(names).toContain('open-accounts');
    expect(names).toContain('lock-and-read-facts-of-currency');
    expect(names).toContain('find-idempotency-record');
    expect(often.filter(({ made }) => made > TRIES)).toEqual([]);
  });
});

describe('A generic plan made while a table was empty', () => {
  it('uses an index, because it is kept while the table grows', async () => {
    const hot = await hotStatements();
    expect(hot.length).toBeGreaterThanOrEqual(6);
    await world.dataSource.query('DELETE FROM idempotency_records');
    // Now the planner knows that the table is empty.
    await world.dataSource.query('VACUUM ANALYZE idempotency_records');
    for (const statement of hot) expect(await keptPlan(statement)).not.toContain('Seq Scan');
  });
});
