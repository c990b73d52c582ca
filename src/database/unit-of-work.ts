import { Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { isRetryable, toAppError } from './postgres-errors.js';

const MAX_ATTEMPTS = 3;

/**
 * One act, one transaction: everything an act writes takes `tx`, and stands or falls together.
 *
 * Inside the callback use `tx`; a query through a repository of the service would run outside the transaction.
 * A serialization failure or a deadlock is tried again from the start, at most three times in all, so the
 * callback must keep nothing from an earlier attempt.
 * @throws AppError whatever the callback throws; a PostgreSQL failure as its `AppError` (postgres-errors.ts).
 */
@Injectable()
export class UnitOfWork {
  constructor(private readonly dataSource: DataSource) {}

  async run<T>(act: (tx: EntityManager) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.dataSource.transaction(act);
      } catch (error) {
        if (attempt >= MAX_ATTEMPTS || !isRetryable(error)) throw toAppError(error);
      }
    }
  }
}
