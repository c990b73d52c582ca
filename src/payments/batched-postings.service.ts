import { Injectable } from '@nestjs/common';
import { Batcher } from '../concurrency/batcher.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { keyNameOf } from '../idempotency/idempotency.service.js';
import type { PostingOrder } from './posting-order.js';
import { PostingWriter } from './posting-writer.service.js';

/** Posts orders in batches: orders submitted while a batch is written form the next batch and share its transaction. */
@Injectable()
export class BatchedPostings {
  private readonly batcher = new Batcher<PostingOrder<unknown>, unknown>({
    execute: (orders, lockMode) =>
      this.unitOfWork.runBatch(lockMode, (tx) => this.writer.post(tx, orders, lockMode)),
    queueOf: ({ platformId }) => platformId,
    exclusiveKeysOf,
    stopwatchOf: ({ audit }) => audit.watch,
  });

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly writer: PostingWriter,
  ) {}

  /**
   * @throws AppError object_not_found for an account that does not exist, the refusals of the order's `plan`, and
   *   account_not_active, account_frozen, customer_suspended, debits_restricted, insufficient_funds,
   *   balance_limit_exceeded, currency_mismatch, reference_taken
   * @throws ClaimLost when a concurrent request with the same idempotency key won; nothing is posted then
   */
  async post<View>(order: PostingOrder<View>): Promise<View> {
    // The result is the return value of the order's own `view`, or its plan's `done`.
    return (await this.batcher.submit(order)) as View;
  }
}

/**
 * Orders with the same reference or idempotency key are not executed at the same time: the second one reads the result
 * of the first.
 */
function exclusiveKeysOf({ platformId, references, claim }: PostingOrder<unknown>): string[] {
  return [
    ...references.map((reference) => `reference ${platformId} ${reference}`),
    ...(claim === null ? [] : [keyNameOf(claim)]),
  ];
}
