import { chmodSync, chownSync, copyFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/database/data-source-options.js';
import type { EmbeddedPostgres } from '../../src/embedded-postgres/embedded-postgres.js';
import { migrate } from '../../src/database/migrate.js';
import { seedReferenceData } from '../../src/database/seeds/reference-data.js';
import { startEmbeddedPostgres } from '../support/embedded-postgres.js';
import { openFolder } from '../support/program.js';
import { type World, worldOn } from '../support/world.js';

const TLS = join(__dirname, '../support/tls');
const tls = (name: string): string => join(TLS, name);

/**
 * Certificates of test/support/tls: `database` is for `localhost` and `client` for the role vostro_app, both signed by
 * `ca`; `other-ca` has signed neither. They are valid until 2126.
 */
const ACCESS = `
# The embedded server's own connections.
hostnossl all vostro 127.0.0.1/32 scram-sha-256
hostssl all vostro all scram-sha-256
# By certificate alone.
hostssl all vostro_app all cert
`;

let home: string;
let postgres: EmbeddedPostgres;
let world: World | undefined;

beforeAll(async () => {
  home = openFolder();
  postgres = await startEmbeddedPostgres({ home, durable: false });
  await encrypt(postgres);
});
afterEach(async () => {
  await world?.app.close();
  world = undefined;
});
afterAll(async () => {
  await postgres.stop();
  rmSync(home, { recursive: true, force: true });
});

/** Turns TLS on, and unencrypted connections off. */
async function encrypt({ url, dataDirectory }: EmbeddedPostgres): Promise<void> {
  const { uid, gid } = statSync(dataDirectory);
  for (const name of ['ca.crt', 'database.crt', 'database.key']) {
    copyFileSync(tls(name), join(dataDirectory, name));
    chownSync(join(dataDirectory, name), uid, gid);
    // PostgreSQL refuses a key that other accounts may read; git stores no such mode.
    chmodSync(join(dataDirectory, name), 0o600);
  }
  writeFileSync(join(dataDirectory, 'pg_hba.conf'), ACCESS);
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const statement of [
    `ALTER SYSTEM SET ssl_ca_file = 'ca.crt'`,
    `ALTER SYSTEM SET ssl_cert_file = 'database.crt'`,
    `ALTER SYSTEM SET ssl_key_file = 'database.key'`,
    `ALTER SYSTEM SET ssl = on`,
    'SELECT pg_reload_conf()',
  ])
    await client.query(statement);
  await client.end();
}

/** @param changes of host and query, besides sslmode=verify-full */
function address(from: string, { host = 'localhost', ...query }: Record<string, string>): string {
  const url = new URL(from);
  url.hostname = host;
  url.search = new URLSearchParams({ sslmode: 'verify-full', ...query }).toString();
  return url.href;
}

const asOwner = (query: Record<string, string> = {}): string =>
  address(postgres.url, { sslrootcert: tls('ca.crt'), ...query });
const byCertificate = (query: Record<string, string> = {}): string => {
  const url = new URL(postgres.runtimeUrl);
  url.password = '';
  return address(url.href, { sslrootcert: tls('ca.crt'), ...query });
};

it('migrates, serves and listens over connections with a verified server', async () => {
  await migrate(asOwner(), 'vostro_app');
  const dataSource = await new DataSource(dataSourceOptions(asOwner(), 1)).initialize();
  await dataSource.transaction((tx) => seedReferenceData(tx, new Date('2026-01-01T00:00:00Z')));
  await dataSource.destroy();
  const url = byCertificate({ sslcert: tls('client.crt'), sslkey: tls('client.key') });
  world = await worldOn({ url, drop: () => Promise.resolve() });
  const { status } = await world.send('POST', '/api/v1/accounts', {
    headers: await world.make.ownerHeaders(await world.make.aCustomer({ countryOfResidence: 'US' })),
    body: { currency: 'USD' },
  });
  expect(status).toBe(201);
  // All connections: those of the pool, and the one that listens for changes.
  const connections = await world.dataSource.query<object[]>(
    `SELECT DISTINCT a.usename AS role, s.ssl, s.client_dn AS certificate FROM pg_stat_activity a
      JOIN pg_stat_ssl s USING (pid) WHERE a.application_name LIKE 'vostro%'`,
  );
  expect(connections).toEqual([{ role: 'vostro_app', ssl: true, certificate: '/CN=vostro_app' }]);
});

it.each([
  [
    'whose certificate another authority signed',
    () => asOwner({ sslrootcert: tls('other-ca.crt') }),
    /certificate/,
  ],
  ['that the certificate does not name', () => asOwner({ host: '127.0.0.1' }), /altnames|cert/],
])('refuses a server %s', async (_what, url, message) => {
  await expect(migrate(url())).rejects.toThrow(message);
});

it('is refused by the server without TLS, and without the certificate of its role', async () => {
  await expect(migrate(postgres.runtimeUrl)).rejects.toThrow(/no encryption/);
  await expect(migrate(byCertificate())).rejects.toThrow(/certificate/);
});
