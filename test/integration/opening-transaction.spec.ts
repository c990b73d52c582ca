import { logStatements, type LoggedStatement } from '../support/statement-log.js';
import { createWorld, type World } from '../support/world.js';

let world: World;
let statements: LoggedStatement[];

beforeAll(async () => {
  world = await createWorld();
  statements = logStatements(world.dataSource);
});
afterAll(() => world.close());

/** Background work does not touch these tables. */
const OF_OPENINGS = /\b(accounts|customers|idempotency_records)\b/;

/** The statements of each transaction on openings since the last call, grouped by connection. */
function transactions(): string[][] {
  const found: string[][] = [];
  for (const sent of Map.groupBy(statements.splice(0), ({ runner }) => runner).values()) {
    const queries = sent.map(({ query }) => query);
    for (let begin = queries.indexOf('START TRANSACTION'); begin >= 0;) {
      const end = queries.findIndex((query, at) => at > begin && /^(COMMIT|ROLLBACK)$/.test(query));
      if (end < 0) break;
      found.push(queries.slice(begin + 1, end));
      begin = queries.indexOf('START TRANSACTION', end);
    }
  }
  return found.filter((queries) => queries.some((query) => OF_OPENINGS.test(query)));
}

async function openings() {
  const customer = await world.make.aCustomer({ countryOfResidence: 'US' });
  const workspace = await world.make.aWorkspace(customer);
  const account = {
    accountIdentifier: `of-${customer.identifier}`,
    displayName: 'Account',
    contactEmail: 'a@b.example',
  };
  return [
    { path: '/api/v1/accounts', headers: await world.make.ownerHeaders(customer), body: { currency: 'USD' } },
    { path: '/accounts', headers: await world.make.workspaceHeaders(workspace), body: { productID: 7 } },
    {
      path: `/customers/${customer.identifier}/accounts`,
      headers: await world.make.platformHeaders(customer.platformId),
      body: account,
    },
  ];
}

describe('One opening', () => {
  it.each([
    ['without', {}],
    ['with', { 'idempotency-key': 'a-key' }],
  ])('is one transaction of at most 3 statements in each API, %s an Idempotency-Key', async (_name, more) => {
    for (const { path, headers, body } of await openings()) {
      statements.length = 0;
      const { status } = await world.send('POST', path, { headers: { ...headers, ...more }, body });
      expect(status).toBeLessThan(300);
      const [opening, ...others] = transactions();
      expect(others).toEqual([]);
      expect(opening?.length).toBeGreaterThan(0);
      expect(opening?.length).toBeLessThanOrEqual(3);
    }
  });

  it('is refused early as a duplicate without a transaction', async () => {
    for (const { path, headers, body } of await openings()) {
      await world.send('POST', path, { headers, body });
      statements.length = 0;
      const { status } = await world.send('POST', path, { headers, body });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(transactions()).toEqual([]);
    }
  });

  it('reads no reference data from the database once it is cached', async () => {
    const [first, ...rest] = await openings();
    await world.send('POST', first?.path ?? '', { headers: first?.headers, body: first?.body });
    statements.length = 0;
    for (const { path, headers, body } of rest) await world.send('POST', path, { headers, body });
    const outside = statements.map(({ query }) => query).filter((query) => !query.includes('FOR '));
    expect(outside.filter((query) => /FROM "(currencies|products|jurisdiction)/.test(query))).toEqual([]);
  });
});
