import { DataSource } from 'typeorm';
import { dataSourceOptions, MIGRATIONS } from './data-source-options.js';
import { grantRuntimeRole, isGranted } from './runtime-role.js';

/** Any number that nobody else locks: 'vostro' in ASCII. */
const MIGRATION_LOCK = '130318066281071';

/**
 * Brings the database up to date. Of several processes that start at once one migrates and the others wait: the
 * lock is held by a transaction of its own, so that it also works through a transaction pooler. A database that is up to
 * date is only read, which a role that may alter nothing can do too.
 * @param runtimeRole the role that the server runs as, where it is not the one of the address: gets its privileges
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
    // Waiting for somebody else's migration may take longer than any statement of ours should.
    await lock.query('SET LOCAL statement_timeout = 0');
    await lock.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    await lock.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await work();
    await lock.commitTransaction();
  } finally {
    await lock.release();
  }
}
