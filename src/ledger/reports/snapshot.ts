import type { DataSource, EntityManager } from 'typeorm';

/** Runs reads in one REPEATABLE READ snapshot, so that all statements see the same moment. Allows sequential scans. */
export async function inSnapshot<T>(
  dataSource: DataSource,
  work: (tx: EntityManager) => Promise<T>,
): Promise<T> {
  return dataSource.transaction('REPEATABLE READ', async (tx) => {
    await tx.query('SET TRANSACTION READ ONLY');
    await tx.query('SET LOCAL enable_seqscan = on');
    return work(tx);
  });
}
