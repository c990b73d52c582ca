import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Environment } from '../config/env.js';
import type { LockMode } from '../concurrency/batcher.js';
import { runPipelined } from './pipelined-transaction.js';
import { isRetryable, toAppError } from './postgres-errors.js';
import { Semaphore } from '../concurrency/semaphore.js';

const MAX_ATTEMPTS = 3;
/** Of the connections, those for single acts; the others are left to reads and batches, which wait for no lock. */
const SHARE_OF_SINGLE_ACTS = 0.5;
const MAX_WAITING = 10_000;
const MAX_WAIT_MS = 20_000;

/**
 * One work, one transaction: everything an work writes takes `tx`, and stands or falls together.
 *
 * Inside the callback use `tx`; a query through a repository of the service would run outside the transaction.
 * A serialization failure or a deadlock is tried again from the start, at most three times in all, so the
 * callback must keep nothing from an earlier attempt. Of many acts at once a few run and the others wait their turn,
 * so that a burst on one account does not take every connection of the pool.
 * @throws AppError whatever the callback throws; a PostgreSQL failure as its `AppError` (postgres-errors.ts);
 *   service_unavailable when too many wait.
 */
@Injectable()
export class UnitOfWork {
  private readonly semaphore: Semaphore;

  constructor(
    private readonly dataSource: DataSource,
    env: Environment,
  ) {
    const places = Math.max(1, Math.floor(env.DATABASE_POOL_SIZE * SHARE_OF_SINGLE_ACTS));
    this.semaphore = new Semaphore(places, MAX_WAITING, MAX_WAIT_MS);
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
