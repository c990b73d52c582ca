import type { DataSource, EntityManager } from 'typeorm';

/** Runs reads that all see the same moment, however many statements they take, and that may read whole tables. */
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
