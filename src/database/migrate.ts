import { DataSource } from 'typeorm';
import { dataSourceOptions } from './data-source-options.js';

/** Any number that nobody else locks: 'vostro' in ASCII. */
const MIGRATION_LOCK = '130318066281071';

/**
 * Brings the database up to date. Of several processes that start at once one migrates and the others wait: the
 * lock is held by a transaction of its own, so that it also works through a transaction pooler.
 */
export async function migrate(url: string): Promise<void> {
  const dataSource = await new DataSource(dataSourceOptions(url, 2)).initialize();
  const lock = dataSource.createQueryRunner();
  try {
    await lock.startTransaction();
    // Waiting for somebody else's migration may take longer than any statement of ours should.
    await lock.query('SET LOCAL statement_timeout = 0');
    await lock.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    await lock.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await dataSource.runMigrations({ transaction: 'each' });
    await lock.commitTransaction();
  } finally {
    await lock.release();
    await dataSource.destroy();
  }
}
