import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { ChangeFeed } from '../../src/database/change-feed.service.js';
import { anAdminClient } from '../support/admin.js';
import { type AppProcess, startAppProcess } from '../support/app-process.js';
import { start } from '../support/cli.js';
import { type DatabaseProxy, startDatabaseProxy } from '../support/database-proxy.js';
import type { KeyHeaders } from '../support/factories.js';
import { anOpening, postOpening } from '../support/opening.js';
import { endSessions, untilReady } from '../support/outage.js';
import { databaseNameOf, onServer } from '../support/test-database.js';
import { testEnvironment, testVariables } from '../support/test-environment.js';
import { until } from '../support/until.js';
import { createWorld, type World } from '../support/world.js';

/** Longer than the change feed waits for an answer (500 ms). */
const SLOW_LISTEN = { delay: { text: 'LISTEN', ms: 900 } };

let world: World;
let proxy: DatabaseProxy;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  proxy = await startDatabaseProxy(world.databaseUrl);
});
afterEach(() => proxy.close());

describe('The change feed on a server that is slow to LISTEN', () => {
  let feed: ChangeFeed;
  let warn: jest.SpyInstance;
  beforeEach(() => {
    warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    proxy.disturbance = SLOW_LISTEN;
    feed = new ChangeFeed(testEnvironment(proxy.url));
  });
  afterEach(async () => {
    await feed.onApplicationShutdown();
    jest.restoreAllMocks();
  });

  it('holds one connection at most, tries less and less often, and says so once', async () => {
    await feed.onApplicationBootstrap();
    await until(() => proxy.accepted.length >= 4);
    expect(proxy.open()).toBeLessThanOrEqual(1);
    const [first, second, third, fourth] = proxy.accepted as [number, number, number, number];
    // 500 ms of waiting for the answer and a delay of 400, 800 and 1,600 ms.
    expect(third - second).toBeGreaterThan(second - first);
    expect(fourth - third).toBeGreaterThan(third - second);
    expect(warn.mock.calls.map(([line]) => line as string)).toEqual([
      expect.stringMatching(/change feed .*timeout/),
    ]);
  });

  it('lets nothing cached grow old meanwhile', async () => {
    let drops = 0;
    feed.onChange('currencies', () => drops++);
    await feed.onApplicationBootstrap();
    const before = performance.now();
    const seen = drops;
    await until(() => drops >= seen + 5);
    expect(performance.now() - before).toBeLessThan(5 * 1_000);
  });

  it('comes back by itself', async () => {
    const log = jest.spyOn(Logger.prototype, 'log').mockReturnValue(undefined);
    await feed.onApplicationBootstrap();
    await until(() => proxy.accepted.length >= 2);
    proxy.disturbance = {};
    await until(() => log.mock.calls.some(([line]) => /change feed/.test(String(line))));
    let drops = 0;
    feed.onChange('products', () => drops++);
    await world.dataSource.transaction((tx) => feed.announce(tx, 'products'));
    await until(() => drops > 0);
  });

  it('keeps no connection when it is stopped during an attempt', async () => {
    const started = feed.onApplicationBootstrap();
    await until(() => proxy.open() === 1);
    await feed.onApplicationShutdown();
    await started;
    await until(() => proxy.open() === 0);
    const { length } = proxy.accepted;
    // Longer than the delay before the next attempt, which must not come: there is no event to wait for.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(proxy.accepted).toHaveLength(length);
  });
});

describe('A command on a server that is slow to LISTEN', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vostro-faults-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['admin create', ['admin', 'create', '--name', 'Ada Lovelace', '--role', 'viewer']],
    ['verify', ['verify']],
    ['keys create', ['keys', 'create', '--platform', 'PLATFORM']],
    ['accounts import', ['accounts', 'import', 'FILE', '--platform', 'PLATFORM']],
  ])('ends by itself: %s', async (_name, args) => {
    const { platformId, identifier } = await world.make.aCustomer({ countryOfResidence: 'US' });
    const file = join(folder, 'accounts.ndjson');
    writeFileSync(file, JSON.stringify({ customerIdentifier: identifier, ...anOpening('by-import') }));
    const values: Record<string, string> = { PLATFORM: `plt_${platformId}`, FILE: file };
    proxy.disturbance = SLOW_LISTEN;
    const command = start(
      args.map((word) => values[word] ?? word),
      testVariables(proxy.url),
    );
    const limit = setTimeout(() => command.process.kill('SIGKILL'), 60_000);
    const { code, err } = await command.ended;
    clearTimeout(limit);
    expect([code, err]).toEqual([0, expect.any(String)]);
  });
});

describe('A server whose new connections are ended as they log in', () => {
  let app: AppProcess;
  afterEach(() => app.stop());

  it('is answered with 503 by a process that goes on', async () => {
    const customer = await world.make.aCustomer();
    const headers = await world.make.platformHeaders(customer.platformId);
    app = await startAppProcess(proxy.url, { DATABASE_POOL_SIZE: '20' });
    const path = `${app.url}/customers/${customer.identifier}/accounts`;
    const statuses = async () => {
      const answers = Array.from({ length: 30 }, () => fetch(path, { headers }).then(({ status }) => status));
      return new Set(await Promise.all(answers));
    };
    proxy.disturbance = { isEndedAtLogin: true };
    for (let round = 0; round < 5; round++)
      for (const status of await statuses()) expect([200, 503]).toContain(status);
    proxy.disturbance = {};
    await until(async () => (await fetch(`${app.url}/health/ready`)).status === 200);
    expect(await statuses()).toEqual(new Set([200]));
  });
});

describe('A server whose connections are ended at work', () => {
  it('is answered with 503, never with 500', async () => {
    const admin = await anAdminClient(world, 'operator');
    const customer = await world.make.aCustomer({ countryOfResidence: null });
    const headers = await world.make.platformHeaders(customer.platformId);
    const path = `/customers/${customer.identifier}/accounts`;
    let opened = 0;
    const open = () => {
      const id = `opening-${++opened}`;
      return world.send('POST', path, { headers, body: anOpening(id) });
    };
    const statuses = new Set<number>();
    for (let round = 0; round < 25; round++) {
      const answers = Array.from({ length: 8 }, () => [
        open(),
        world.send('GET', path, { headers }),
        admin.get('/accounts'),
      ]);
      const [results] = await Promise.all([Promise.all(answers.flat()), endSessions(world)]);
      for (const { status } of results) statuses.add(status);
    }
    expect([...statuses].filter((status) => ![200, 201, 503].includes(status))).toEqual([]);
    await untilReady(world);
  });
});

describe('A server that only reads', () => {
  const set = (statement: string) =>
    onServer(`ALTER DATABASE ${databaseNameOf(world.databaseUrl)} ${statement}`);
  const ready = async () => (await world.send('GET', '/health/ready')).status;

  it('is not ready, and is left as soon as there is one that writes', async () => {
    const customer = await world.make.aCustomer();
    const headers: KeyHeaders = await world.make.platformHeaders(customer.platformId);
    const list = async () =>
      (await world.send('GET', `/customers/${customer.identifier}/accounts`, { headers })).status;
    await set('SET default_transaction_read_only = on');
    await endSessions(world);
    await until(async () => (await ready()) === 503);
    for (let count = 0; count < 5; count++) expect([await ready(), await list()]).toEqual([503, 503]);
    await set('RESET default_transaction_read_only');
    await untilReady(world);
    for (let count = 0; count < 5; count++) expect([await ready(), await list()]).toEqual([200, 200]);
  });
});

describe('A session that only reads', () => {
  it('makes the process not ready', async () => {
    const single = await createWorld({ DATABASE_POOL_SIZE: '1' });
    const ready = async () => (await single.send('GET', '/health/ready')).status;
    const set = (mode: string) =>
      single.dataSource.query(`SET SESSION CHARACTERISTICS AS TRANSACTION ${mode}`);
    expect(await ready()).toBe(200);
    await set('READ ONLY');
    expect(await ready()).toBe(503);
    await set('READ WRITE');
    expect(await ready()).toBe(200);
    await single.close();
  });
});

describe('A URL of several servers', () => {
  let standby: DatabaseProxy;
  beforeEach(async () => {
    standby = await startDatabaseProxy(world.databaseUrl);
    standby.disturbance = { isReadOnly: true };
  });
  afterEach(() => standby.close());

  /** @param hosts with their ports */
  const urlOf = (...hosts: string[]) => {
    const { host } = new URL(world.databaseUrl);
    return `${world.databaseUrl.replace(host, hosts.join(','))}?target_session_attrs=read-write`;
  };
  const hostOf = ({ url }: DatabaseProxy) => new URL(url).host;

  it('leads the server and its change feed to the one that takes writes, also after a failover', async () => {
    const customer = await world.make.aCustomer({ countryOfResidence: null });
    const headers = await world.make.platformHeaders(customer.platformId);
    const app = await startAppProcess(urlOf('127.0.0.1:1', hostOf(standby), hostOf(proxy)));
    const path = `${app.url}/customers/${customer.identifier}/accounts`;
    const open = async (id: string) => (await postOpening(path, headers, id)).status;
    const ready = async () => (await fetch(`${app.url}/health/ready`)).status;
    expect([await ready(), await open('before')]).toEqual([200, 201]);
    await until(() => standby.open() === 0);

    [proxy.disturbance, standby.disturbance] = [{ isReadOnly: true }, {}];
    proxy.cut();
    await until(async () => (await ready()) === 200);
    // The pool has a connection to the new primary server, and so has the change feed.
    await until(() => standby.open() >= 2);
    await until(() => proxy.open() === 0);
    expect(await open('after')).toBe(201);
    await app.stop();
  });

  it('is refused while none takes writes, with the reason of each', async () => {
    proxy.disturbance = { isReadOnly: true };
    const { code, err } = await start(['verify'], testVariables(urlOf(hostOf(standby), hostOf(proxy)))).ended;
    expect(code).not.toBe(0);
    for (const server of [standby, proxy]) expect(err).toContain(`${hostOf(server)}: it only reads`);
  });

  it('leads a command past a server that is gone', async () => {
    const { code } = await start(['verify'], testVariables(urlOf('127.0.0.1:1', hostOf(proxy)))).ended;
    expect(code).toBe(0);
  });
});
