import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Environment } from '../config/env.js';
import type { LockMode } from '../concurrency/batcher.js';
import { runPipelined } from './pipelined-transaction.js';
import { isRetryable, toAppError } from './postgres-errors.js';
import { Semaphore } from '../concurrency/semaphore.js';

const MAX_ATTEMPTS = 3;
/** Share of the pool for transactions that may wait for row locks; the rest serves reads and batches, which do not. */
const SHARE_OF_WAITING_TRANSACTIONS = 0.5;
const MAX_WAITING = 10_000;
const MAX_WAIT_MS = 20_000;

/**
 * Runs a callback in one transaction, which commits everything it wrote or nothing.
 *
 * Inside the callback use `tx`: a query through a repository of the service would run outside the transaction. A
 * serialization failure or a deadlock is retried from the start, three attempts in all, so the callback must keep no
 * state from an earlier attempt. A semaphore limits the transactions that run at the same time, so that a burst on one
 * account does not take every connection of the pool.
 * @throws what the callback throws; a PostgreSQL failure as an `AppError` (postgres-errors.ts); service_unavailable
 *   when too many transactions wait
 */
@Injectable()
export class UnitOfWork {
  private readonly semaphore: Semaphore;

  constructor(
    private readonly dataSource: DataSource,
    env: Environment,
  ) {
    const permits = Math.max(1, Math.floor(env.DATABASE_POOL_SIZE * SHARE_OF_WAITING_TRANSACTIONS));
    this.semaphore = new Semaphore(permits, MAX_WAITING, MAX_WAIT_MS);
  }

  async run<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.semaphore.run(() => attempt(() => this.dataSource.transaction(work)));
  }

  /**
   * A transaction of several items (concurrency/batcher.ts). With `skipLocked` it never waits for a row lock, so it
   * needs no permit of the semaphore.
   */
  async runBatch<T>(lockMode: LockMode, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return lockMode === 'skipLocked' ? attempt(() => runPipelined(this.dataSource, work)) : this.run(work);
  }
}

async function attempt<T>(transact: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await transact();
    } catch (error) {
      if (count >= MAX_ATTEMPTS || !isRetryable(error)) throw toAppError(error);
    }
  }
}
