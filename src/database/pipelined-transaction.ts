import type { PoolClient, QueryResult } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';

/** Sends one of the statements that delimit a transaction. */
type Send = (statement: 'START TRANSACTION' | 'COMMIT' | 'ROLLBACK') => Promise<QueryResult>;

/**
 * A transaction whose START TRANSACTION is pipelined with its first statement, which saves a round trip. Use `tx` for
 * prepared statements (prepared.ts) only.
 * @throws what `work` throws, or the error of `COMMIT`; nothing is written then
 */
export async function runPipelined<T>(
  dataSource: DataSource,
  work: (tx: EntityManager) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    const client = (await runner.connect()) as PoolClient;
    const send: Send = (statement) => {
      dataSource.logger.logQuery(statement, undefined, runner);
      return client.query(statement);
    };
    return await transact(send, () => work(runner.manager));
  } finally {
    await runner.release();
  }
}

async function transact<T>(send: Send, work: () => Promise<T>): Promise<T> {
  const started = send('START TRANSACTION');
  // On a connection where this fails, every statement of the work fails with the same error.
  started.catch(() => undefined);
  try {
    const result = await work();
    await started;
    await send('COMMIT');
    return result;
  } catch (error) {
    await rollBack(send);
    throw error;
  }
}

async function rollBack(send: Send): Promise<void> {
  try {
    await send('ROLLBACK');
  } catch {
    // The connection is lost and PostgreSQL rolls back; the original error is thrown.
  }
}
