import { Client } from 'pg';
import { dataSourceOptions } from '../../src/database/data-source-options.js';
import { ChangeFeed } from '../../src/database/change-feed.service.js';
import { connectionTo } from '../../src/database/connection.js';
import { prepareDatabase } from '../../src/database/migrate.js';
import { sessionOf } from '../../src/database/session.js';
import { WriterClient } from '../../src/database/writer-client.js';
import { anAdminClient } from '../support/admin.js';
import type { KeyHeaders } from '../support/factories.js';
import { createTestDatabase, databaseNameOf, type TestDatabase } from '../support/test-database.js';
import { keyHeaders } from '../support/tokens.js';
import { createWorld, type World } from '../support/world.js';

/** Settings that an administrator may change, none with the value that the server expects. */
const ODD: Record<string, string> = {
  datestyle: `'German, DMY'`,
  timezone: `'Asia/Kathmandu'`,
  intervalstyle: `'sql_standard'`,
  search_path: 'elsewhere',
  standard_conforming_strings: 'off',
  client_encoding: `'LATIN1'`,
  bytea_output: `'escape'`,
  array_nulls: 'off',
  transform_null_equals: 'on',
  jit: 'on',
};

async function onDatabase(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await work(client);
  await client.end();
}

async function setOddly(url: string, settings: Record<string, string> = ODD): Promise<void> {
  await onDatabase(url, async (client) => {
    const name = databaseNameOf(url);
    await client.query('CREATE SCHEMA elsewhere');
    for (const [setting, value] of Object.entries(settings))
      await client.query(`ALTER DATABASE ${name} SET ${setting} = ${value}`);
  });
}

describe('A database with settings of its own', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({}, setOddly);
  });
  afterAll(() => world.close());

  const statusOf = async (headers: KeyHeaders): Promise<number> =>
    (await world.send('GET', '/api/v1/accounts', { headers })).status;

  it('accepts no revoked or expired key', async () => {
    const customer = await world.make.aCustomer();
    const keys = await Promise.all([1, 2, 3].map(() => world.make.anOwnerKey(customer)));
    const [good, revoked, expired] = keys as [(typeof keys)[0], (typeof keys)[0], (typeof keys)[0]];
    await world.make.revoke({ platformId: revoked.platformId, id: revoked.id });
    await world.dataSource.query(`UPDATE credentials SET expires_at = $2 WHERE key = $1`, [
      expired.key,
      new Date(Date.now() - 60_000),
    ]);
    await world.app.get(ChangeFeed).catchUp();
    expect(await statusOf(keyHeaders(good))).toBe(200);
    expect(await statusOf(keyHeaders(revoked))).toBe(401);
    expect(await statusOf(keyHeaders(expired))).toBe(401);
  });

  it('does not change the responses', async () => {
    const customer = await world.make.aCustomer({ countryOfResidence: 'US' });
    const headers = await world.make.platformHeaders(customer.platformId);
    const displayName = 'Zoë’s 東京 \\ account';
    const body = { accountIdentifier: 'acme-usd-1', displayName, contactEmail: 'a@b.example' };
    const path = `/customers/${customer.identifier}/accounts`;
    const opened = await world.send('POST', path, { headers: { ...headers, 'idempotency-key': 'a' }, body });
    expect([opened.status, opened.body.displayName]).toEqual([201, displayName]);
    expect(Math.abs(Date.parse(String(opened.body.createdAt)) - Date.now())).toBeLessThan(60_000);
    const again = await world.send('POST', path, { headers: { ...headers, 'idempotency-key': 'a' }, body });
    expect(again.text).toBe(opened.text);
    const listed = await world.send('GET', path, { headers });
    expect(listed.body).toEqual([opened.body]);
    const admin = await anAdminClient(world, 'viewer');
    const { body: page } = await admin.get('/accounts');
    expect(page.items).toHaveLength(1);
    expect((await admin.get(`/accounts/${String(page.items[0].id)}/statement`)).status).toBe(200);
  });

  it('is listened to for changes', async () => {
    const { dataSource } = world;
    const heard = await dataSource.query<{ datname: string }[]>(
      `SELECT datname FROM pg_stat_activity WHERE application_name = 'vostro-changes' AND datname = current_database()`,
    );
    expect(heard).toHaveLength(1);
  });
});

describe('A connection of the server', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({}, setOddly);
  });
  afterAll(() => world.close());

  const shown = async (url: string): Promise<Record<string, string>> => {
    const { url: connectionString, options } = sessionOf(url);
    const found: Record<string, string> = {};
    const client = new Client({ connectionString, options });
    await client.connect();
    for (const name of [...Object.keys(ODD), 'work_mem']) {
      const { rows } = await client.query<Record<string, string>>(`SHOW ${name}`);
      found[name] = Object.values(rows[0] ?? {})[0] ?? '';
    }
    await client.end();
    return found;
  };

  it('has the settings that the server expects, and further ones from the URL', async () => {
    const address = new URL(world.databaseUrl);
    address.searchParams.set('options', '-c datestyle=German -c work_mem=7MB');
    expect(await shown(address.href)).toEqual({
      datestyle: 'ISO, MDY',
      timezone: 'UTC',
      intervalstyle: 'postgres',
      search_path: '"$user",public',
      standard_conforming_strings: 'on',
      client_encoding: 'UTF8',
      bytea_output: 'hex',
      array_nulls: 'on',
      transform_null_equals: 'off',
      jit: 'off',
      work_mem: '7MB',
    });
  });

  it('rejects a time that cannot be parsed', async () => {
    const { extra } = dataSourceOptions(world.databaseUrl, 1) as { extra: object };
    const client = new Client({ connectionString: world.databaseUrl, ...extra });
    await client.connect();
    await client.query(`SET datestyle = 'German'`);
    for (const type of ['timestamptz', 'timestamp', 'date']) {
      await expect(client.query(`SELECT now()::${type} AS at`)).rejects.toThrow('cannot be read');
      await expect(client.query(`SELECT 'infinity'::${type} AS at`)).rejects.toThrow('cannot be read');
      expect((await client.query<{ at: null }>(`SELECT NULL::${type} AS at`)).rows).toEqual([{ at: null }]);
    }
    await client.end();
  });
});

describe('A role whose sessions a pooler opens', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    await setOddly(database.url);
  });
  afterAll(() => database.drop());

  /** As through a pooler: the session does not get the options of the client. */
  const connect = async (): Promise<void> => {
    const client = new WriterClient(connectionTo(database.url, 'pooler'));
    await client.connect();
    await client.end();
  };
  const kept = async (): Promise<unknown> => {
    let rows: unknown;
    await onDatabase(database.url, async (client) => {
      ({ rows } = await client.query(
        'SELECT xmin::text, setconfig FROM pg_db_role_setting ORDER BY setrole',
      ));
    });
    return rows;
  };

  it('is not used before its settings are kept, and the message names them', async () => {
    await expect(connect()).rejects.toThrow(/jit = on, datestyle = German, DMY,.*DATABASE_DIRECT_URL/);
  });

  it('keeps them after a start, which changes nothing the next time', async () => {
    const urls = { url: 'postgres://pooler.example/vostro', directUrl: database.url };
    await Promise.all([prepareDatabase(urls), prepareDatabase(urls), prepareDatabase(urls)]);
    await connect();
    const before = await kept();
    await prepareDatabase(urls);
    expect(await kept()).toEqual(before);
  });
});
