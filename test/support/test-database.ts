import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { prepareDatabase } from '../../src/database/migrate.js';

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

/** A new database, copied from the migrated template with its reference data. */
export async function createTestDatabase(
  template = fromSetup('VOSTRO_TEST_TEMPLATE'),
): Promise<TestDatabase> {
  const name = `vostro_test_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = new URL(fromSetup('VOSTRO_TEST_SERVER'));
  url.pathname = `/${name}`;
  // Settings of a role in a database are not copied with it.
  if (process.env.TEST_POOLER_URL !== undefined)
    await prepareDatabase({ url: url.href, directUrl: url.href });
  return { url: url.href, drop: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`) };
}

/** Name of the database of a URL. */
export function databaseNameOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

/** Runs a statement on the server of the tests as its superuser, on no test's database. */
export async function onServer(statement: string, values: unknown[] = []): Promise<void> {
  const admin = new Client({ connectionString: fromSetup('VOSTRO_TEST_SERVER') });
  await admin.connect();
  try {
    await admin.query(statement, values);
  } finally {
    await admin.end();
  }
}

function fromSetup(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is missing: run the tests with npm test`);
  return value;
}
