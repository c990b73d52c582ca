import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Environment } from '../config/env.js';
import { isRetryable, toAppError } from './postgres-errors.js';
import { Turnstile } from './turnstile.js';

const MAX_ATTEMPTS = 3;
/** Connections left to reads, which must not wait behind acts that wait for a lock. */
const LEFT_TO_READS = 2;
const MAX_WAITING = 10_000;
const MAX_WAIT_MS = 20_000;

/**
 * One act, one transaction: everything an act writes takes `tx`, and stands or falls together.
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
  private readonly turnstile: Turnstile;

  constructor(
    private readonly dataSource: DataSource,
    env: Environment,
  ) {
    const places = Math.max(1, env.DATABASE_POOL_SIZE - LEFT_TO_READS);
    this.turnstile = new Turnstile(places, MAX_WAITING, MAX_WAIT_MS);
  }

  async run<T>(act: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.turnstile.pass(() => this.attempt(act));
  }

  private async attempt<T>(act: (tx: EntityManager) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.dataSource.transaction(act);
      } catch (error) {
        if (attempt >= MAX_ATTEMPTS || !isRetryable(error)) throw toAppError(error);
      }
    }
  }
}
