import { type PgBouncer, startPgBouncer } from '../../tools/stock-server/pgbouncer.js';
import { type AppProcess, startAppProcess } from '../support/app-process.js';
import { type DatabaseProxy, startDatabaseProxy } from '../support/database-proxy.js';
import type { KeyHeaders } from '../support/factories.js';
import { postOpening } from '../support/opening.js';
import { databaseNameOf } from '../support/test-database.js';
import { until } from '../support/until.js';
import { createWorld, type World } from '../support/world.js';

let world: World;
let proxy: DatabaseProxy;
let pooler: PgBouncer;
let app: AppProcess;
let headers: KeyHeaders;
let path: string;

beforeAll(async () => {
  world = await createWorld();
  const customer = await world.make.aCustomer({ countryOfResidence: null });
  headers = await world.make.platformHeaders(customer.platformId);
  proxy = await startDatabaseProxy(world.databaseUrl);
  pooler = await startPgBouncer(proxy.url);
  app = await startAppProcess(world.databaseUrl, {
    DATABASE_URL: pooler.url + databaseNameOf(world.databaseUrl),
    DATABASE_DIRECT_URL: world.databaseUrl,
  });
  path = `${app.url}/customers/${customer.identifier}/accounts`;
});
afterAll(async () => {
  await app.stop();
  await pooler.stop();
  await proxy.close();
  await world.close();
});

const ready = async (): Promise<number> => (await fetch(`${app.url}/health/ready`)).status;
let opened = 0;
const open = async (): Promise<number> => (await postOpening(path, headers, `opening-${++opened}`)).status;
const many = async (): Promise<number[]> => Promise.all(Array.from({ length: 20 }, open));

describe('A pooler', () => {
  it('is worked through', async () => {
    expect([await ready(), ...new Set(await many())]).toEqual([200, 201]);
  });

  it.each([1, 2, 3])('whose server is gone is answered with 503, never with 500 (outage %i)', async () => {
    const statuses = new Set<number>();
    let isOver = false;
    const load = async (): Promise<void> => {
      while (!isOver) for (const status of await many()) statuses.add(status);
    };
    const outage = async (): Promise<void> => {
      try {
        await until(() => statuses.has(201));
        await proxy.pause();
        await until(async () => (await ready()) === 503);
        await until(() => statuses.has(503));
        await proxy.resume();
        await until(async () => (await ready()) === 200);
      } finally {
        isOver = true;
      }
    };
    await Promise.all([outage(), load(), load()]);
    expect([...statuses].sort()).toEqual([201, 503]);
    expect(new Set(await many())).toEqual(new Set([201]));
  });
});
