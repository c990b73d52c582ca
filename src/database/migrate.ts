import type { DataSource } from 'typeorm';
import { type DatabaseUrls, roleAndDatabaseOf } from '../config/database-url.js';
import { MIGRATIONS } from './data-source-options.js';
import { areKept, keepSettings } from './role-settings.js';
import { grantRuntimeRole, isGranted } from './runtime-role.js';
import { assertVersion } from './server-version.js';
import { withDataSource } from './with-data-source.js';

/** An arbitrary advisory-lock key: 'vostro' in ASCII. */
const MIGRATION_LOCK = '130318066281071';

/** Migrates the database as the owner of its tables, and prepares the role that the server runs as. */
export async function prepareDatabase({ url, directUrl, ownerUrl }: DatabaseUrls): Promise<void> {
  const own = directUrl ?? url;
  await migrate(ownerUrl ?? own, ownerUrl === undefined ? undefined : roleAndDatabaseOf(url).role);
  if (directUrl !== undefined) await setOfRole(directUrl);
}

/**
 * Migrates the database. When several processes start together, one migrates and the rest wait for its advisory lock. A
 * separate transaction holds the lock, so that it also works through a transaction pooler. An up-to-date database is
 * only read, which a role without DDL privileges can do.
 * @param runtimeRole the role that the server runs as, if it is not the role of the URL: it is granted its privileges
 * @throws ConfigurationError for a server that is too old
 */
export async function migrate(url: string, runtimeRole?: string): Promise<void> {
  await withDataSource(url, 2, async (dataSource) => {
    await assertVersion(dataSource);
    if (!(await isUpToDate(dataSource)))
      await locked(dataSource, () => dataSource.runMigrations({ transaction: 'each' }));
    if (runtimeRole !== undefined && !(await isGranted(dataSource, runtimeRole)))
      await locked(dataSource, () => grantRuntimeRole(dataSource, runtimeRole));
  });
}

async function isUpToDate(dataSource: DataSource): Promise<boolean> {
  const [table] = await dataSource.query<[{ exists: boolean }]>(
    `SELECT to_regclass('public.migrations') IS NOT NULL AS exists`,
  );
  if (!table.exists) return false;
  const rows = await dataSource.query<{ name: string }[]>('SELECT name FROM migrations');
  const done = new Set(rows.map(({ name }) => name));
  return MIGRATIONS.every(({ name }) => done.has(name));
}

/** For sessions that a pooler opens: as the role itself, because a role may change its own settings. */
async function setOfRole(directUrl: string): Promise<void> {
  await withDataSource(directUrl, 2, async (dataSource) => {
    if (!(await areKept(dataSource))) await locked(dataSource, () => keepSettings(dataSource));
  });
}

async function locked(dataSource: DataSource, work: () => Promise<unknown>): Promise<void> {
  const lock = dataSource.createQueryRunner();
  try {
    await lock.startTransaction();
    // Waiting for another process's migration may take longer than the statement time-out.
    await lock.query('SET LOCAL statement_timeout = 0');
    await lock.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    await lock.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await work();
    await lock.commitTransaction();
  } finally {
    await lock.release();
  }
}
