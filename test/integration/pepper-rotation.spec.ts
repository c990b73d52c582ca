import { DataSource } from 'typeorm';
import { SecretRenewal } from '../../src/auth/secret-renewal.service.js';
import { ENTITIES } from '../../src/database/data-source-options.js';
import { assertPepper } from '../../src/database/pepper-check.js';
import { SEALED } from '../../src/database/sealed-columns.js';
import type { KeyHeaders } from '../support/factories.js';
import { start } from '../support/cli.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { testEnvironment, testVariables } from '../support/test-environment.js';
import { type World, worldOn } from '../support/world.js';
import { sealAll } from '../support/sealing.js';

const OLD = 'the pepper before the rotation ....';
const NEW = 'the pepper after the rotation .....';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const keep = (): Promise<void> => Promise.resolve();
/**
 * Runs `work` with an application on the database. The applications run one after the other, because those of one
 * process share Passport's strategies.
 */
async function serving<T>(pepper: string, work: (world: World) => Promise<T>): Promise<T> {
  const world = await worldOn({ url: database.url, drop: keep }, { SECRET_PEPPER: pepper });
  try {
    return await work(world);
  } finally {
    await world.app.get(SecretRenewal).settled();
    await world.close();
  }
}

/** The check that precedes everything else at a start. */
const starts = (pepper: string): Promise<string> =>
  assertPepper(testEnvironment(database.url, { SECRET_PEPPER: pepper })).then(
    () => 'started',
    (error: unknown) => (error as Error).message,
  );

const statusOf = async (world: World, headers: KeyHeaders): Promise<number> =>
  (await world.send('GET', '/api/v1/accounts', { headers })).status;

describe('SECRET_PEPPER, rotated in steps', () => {
  it('accepts every key at every step, and finally under the new pepper alone', async () => {
    const [used, unused] = await serving(OLD, async ({ make }) => {
      const customer = await make.aCustomer();
      return [await make.ownerHeaders(customer), await make.ownerHeaders(customer)];
    });
    for (const pepper of [`${OLD},${NEW}`, `${NEW},${OLD}`])
      expect(await serving(pepper, (world) => statusOf(world, used))).toBe(200);
    // A process still at the previous step accepts hashes renewed by one that is ahead.
    expect(await serving(`${OLD},${NEW}`, (world) => statusOf(world, used))).toBe(200);
    expect(await serving(`${NEW},${OLD}`, (world) => statusOf(world, used))).toBe(200);
    await serving(NEW, async (world) => {
      expect(await statusOf(world, used)).toBe(200);
      expect(await statusOf(world, unused)).toBe(401);
    });
  });

  it('is finished by a command that reseals everything and reports what still needs the old pepper', async () => {
    const body = { currency: 'USD' };
    const { headers, other } = await serving(OLD, async (world) => {
      const customer = await world.make.aCustomer({ countryOfResidence: 'US' });
      const owner = { ...(await world.make.ownerHeaders(customer)), 'idempotency-key': 'one' };
      expect((await world.send('POST', '/api/v1/accounts', { headers: owner, body })).status).toBe(201);
      await sealAll(world.app);
      return { headers: owner, other: await world.make.ownerHeaders(customer) };
    });
    await serving(`${NEW},${OLD}`, (world) => statusOf(world, headers));
    const run = () =>
      start(['secrets', 'reseal', '--json'], {
        ...testVariables(database.url),
        SECRET_PEPPER: `${NEW},${OLD}`,
      }).ended;
    const first = await run();
    expect(first.code).toBe(0);
    const { sealed, left } = JSON.parse(first.out);
    const counts = Object.fromEntries(sealed.map((one: { table: string }) => [one.table, one]));
    expect(counts.idempotency_records).toMatchObject({ resealed: 1, current: 0, unreadable: 0 });
    expect(counts.audit_keys).toMatchObject({ resealed: 1, current: 0, unreadable: 0 });
    expect(left.keys).toBeGreaterThan(0);
    const again = JSON.parse((await run()).out);
    expect(again.sealed.map(({ resealed }: { resealed: number }) => resealed)).toEqual([0, 0, 0, 0, 0]);
    await serving(`${NEW},${OLD}`, (world) => statusOf(world, other));
    await serving(NEW, async (world) => {
      const replayed = await world.send('POST', '/api/v1/accounts', { headers, body });
      expect([replayed.status, replayed.headers['idempotent-replayed']]).toEqual([201, 'true']);
      const admin = await world.make.adminHeaders();
      expect((await world.send('GET', '/admin/audit/verify', { headers: admin })).body.intact).toBe(true);
    });
  });
});

describe('A start', () => {
  const WRONG = /SECRET_PEPPER is not the one of this database/;

  it('with another pepper fails, and names the variable', async () => {
    expect(await starts(OLD)).toBe('started');
    expect(await starts(NEW)).toMatch(WRONG);
    expect(await starts(`${NEW},${OLD}`)).toBe('started');
    // Secrets may have been hashed with the new one.
    expect(await starts(OLD)).toMatch(WRONG);
    expect(await starts(`${OLD},${NEW}`)).toBe('started');
    expect(await starts(NEW)).toBe('started');
  });

  it('of several processes with two peppers succeeds only for one of the peppers', async () => {
    const peppers = [OLD, NEW, OLD, NEW];
    const results = await Promise.all(peppers.map(starts));
    const started = peppers.filter((_pepper, index) => results[index] === 'started');
    expect(new Set(started).size).toBe(1);
    expect(started).toHaveLength(2);
  });

  it('of a command with another pepper fails as well', async () => {
    expect(await starts(OLD)).toBe('started');
    const { code, err } = await start(['audit', 'verify'], {
      ...testVariables(database.url),
      SECRET_PEPPER: NEW,
    }).ended;
    expect([code, err]).toEqual([2, expect.stringMatching(WRONG)]);
  });

  it('on a database of an earlier version is checked against its sealed values', async () => {
    await serving(OLD, async (world) => {
      await sealAll(world.app);
      const headers = {
        ...(await world.make.ownerHeaders(await world.make.aCustomer())),
        'idempotency-key': 'one',
      };
      await world.send('POST', '/api/v1/accounts', { headers, body: { currency: 'ZAR' } });
      await sealAll(world.app);
      await world.dataSource.query('DELETE FROM pepper_checks');
    });
    expect(await starts(NEW)).toMatch(WRONG);
    expect(await starts(OLD)).toBe('started');
  });
});

it('The resealing command covers every sealed column', async () => {
  const dataSource = new DataSource({ type: 'postgres', entities: ENTITIES });
  await dataSource['buildMetadatas']();
  const known = Object.values(SEALED).flatMap(({ table, columns }) =>
    columns.map((column) => `${table}.${column}`),
  );
  const binary = dataSource.entityMetadatas.flatMap(({ tableName, columns }) =>
    columns.filter(({ type }) => type === 'bytea').map(({ databaseName }) => `${tableName}.${databaseName}`),
  );
  // Digests and hashes do not need the pepper to be read, or are renewed when they are used.
  const isHash = (name: string): boolean => /hash|fingerprint|check_value/.test(name);
  expect(binary.filter((name) => !isHash(name)).sort()).toEqual(known.sort());
});
