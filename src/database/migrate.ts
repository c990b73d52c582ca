import { DataSource } from 'typeorm';
import { dataSourceOptions, MIGRATIONS } from './data-source-options.js';
import { grantRuntimeRole, isGranted } from './runtime-role.js';

/** An arbitrary advisory-lock key: 'vostro' in ASCII. */
const MIGRATION_LOCK = '130318066281071';

/**
 * Migrates the database. When several processes start together, one migrates and the rest wait for its advisory lock. A
 * separate transaction holds the lock, so that it also works through a transaction pooler. An up-to-date database is
 * only read, which a role without DDL privileges can do.
 * @param runtimeRole the role that the server runs as, if it is not the role of the URL: it is granted its privileges
 */
export async function migrate(url: string, runtimeRole?: string): Promise<void> {
  const dataSource = await new DataSource(dataSourceOptions(url, 2)).initialize();
  try {
    if (!(await isUpToDate(dataSource)))
      await locked(dataSource, () => dataSource.runMigrations({ transaction: 'each' }));
    if (runtimeRole !== undefined && !(await isGranted(dataSource, runtimeRole)))
      await locked(dataSource, () => grantRuntimeRole(dataSource, runtimeRole));
  } finally {
    await dataSource.destroy();
  }
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
