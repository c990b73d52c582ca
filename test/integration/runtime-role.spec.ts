import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { migrate } from '../../src/database/migrate.js';
import { approved, twoAdmins } from '../support/admin.js';
import { Money } from '../support/money.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { type World, worldOn } from '../support/world.js';
import { sealAll } from '../support/sealing.js';

/** A server with a role that owns nothing, on a database that another role migrated. */

let owner: TestDatabase;
let world: World;
const role = `vostro_runtime_${randomBytes(4).toString('hex')}`;

beforeAll(async () => {
  owner = await createTestDatabase();
  await asOwner(`CREATE ROLE ${role} LOGIN PASSWORD 'runtime'`);
  await migrate(owner.url, role);
  const url = new URL(owner.url);
  url.username = role;
  url.password = 'runtime';
  const drop = async (): Promise<void> => {
    await asOwner(`DROP OWNED BY ${role}`);
    await owner.drop();
  };
  world = await worldOn({ url: url.href, drop });
});
afterAll(() => world.close());

/** The result changes with any GRANT, which makes every session of the server plan its statements again. */
const VERSIONS_OF_TABLES = `SELECT string_agg(xmin::text, ' ' ORDER BY oid) AS versions FROM pg_class
  WHERE relnamespace = 'public'::regnamespace`;

async function asOwner(statement: string): Promise<void> {
  const client = new Client({ connectionString: owner.url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

it('opens accounts of every API, posts, reverses, approves, and seals the audit trail', async () => {
  const customer = await world.make.aCustomer({ countryOfResidence: 'US' });
  const owned = await world.send('POST', '/api/v1/accounts', {
    headers: await world.make.ownerHeaders(customer),
    body: { currency: 'USD' },
  });
  const inWorkspace = await world.send('POST', '/accounts', {
    headers: await world.make.workspaceHeaders(await world.make.aWorkspace(customer)),
    body: { productID: 7 },
  });
  expect([owned.status, inWorkspace.status]).toEqual([201, 200]);
  const account = await new Money(world).funded(10, customer);
  const admins = await twoAdmins(world);
  const { requester } = admins;
  const deposit = await requester.post('/deposits', { account: account.name, amount: 5, reference: 'one' });
  expect((await requester.post(`/transfers/${deposit.body.id}/reverse`)).status).toBe(201);
  const order = { account: account.name, direction: 'credit', amount: 1 };
  expect((await approved(admins, '/adjustments', order)).status).toBe('approved');
  expect(await requester.balanceOf(account.name)).toEqual([11, 0]);
  await sealAll(world.app);
  expect((await requester.get('/audit/verify')).body.intact).toBe(true);
  expect((await requester.get('/ledger/verify')).body.clean).toBe(true);
});

it.each([
  `UPDATE audit_entries SET reason = 'another'`,
  'DELETE FROM audit_entries',
  `UPDATE audit_seals SET hash = ''`,
  'DELETE FROM audit_seals',
  'DELETE FROM audit_keys',
  'UPDATE transfers SET amount_minor = 1',
  'DELETE FROM transfers',
  'TRUNCATE transfers CASCADE',
  'DELETE FROM migrations',
  'ALTER TABLE transfers ADD COLUMN more int',
  'DROP TABLE audit_entries',
  'CREATE TABLE more (id int)',
  'ALTER TABLE transfers DISABLE TRIGGER ALL',
])('cannot %s', async (statement) => {
  await expect(world.dataSource.query(statement)).rejects.toMatchObject({ code: '42501' });
});

it('is granted its rights once, also by several processes that start at once', async () => {
  const another = `${role}_b`;
  await asOwner(`CREATE ROLE ${another}`);
  try {
    await Promise.all(Array.from({ length: 6 }, () => migrate(owner.url, another)));
    const [before] = await world.dataSource.query<[object]>(VERSIONS_OF_TABLES);
    await migrate(owner.url, another);
    expect(await world.dataSource.query(VERSIONS_OF_TABLES)).toEqual([before]);
  } finally {
    await asOwner(`DROP OWNED BY ${another}; DROP ROLE ${another}`);
  }
});

it('starts and runs commands on a database that is up to date, without the owner', async () => {
  await expect(migrate(world.databaseUrl)).resolves.toBeUndefined();
});
