import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

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
  return { url: url.href, drop: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`) };
}

async function onServer(statement: string): Promise<void> {
  const admin = new Client({ connectionString: fromSetup('VOSTRO_TEST_SERVER') });
  await admin.connect();
  try {
    await admin.query(statement);
  } finally {
    await admin.end();
  }
}

function fromSetup(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is missing: run the tests with npm test`);
  return value;
}
