import { Injectable } from '@nestjs/common';
import { Batcher } from '../concurrency/batcher.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { keyNameOf } from '../idempotency/idempotency.service.js';
import type { PostingOrder } from './posting-order.js';
import { PostingWriter } from './posting-writer.service.js';

/** Posts orders. Orders that arrive while a batch is executed share the next transaction. */
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
   * @throws AppError object_not_found for an account that does not exist, what the order's plan refuses, and
   *   account_not_active, account_frozen, customer_suspended, debits_restricted, insufficient_funds,
   *   balance_limit_exceeded, currency_mismatch, reference_taken
   * @throws ClaimLost when a concurrent request with the same idempotency key won; nothing is posted then
   */
  async post<View>(order: PostingOrder<View>): Promise<View> {
    // The order's own function made the view, so the type is that of the order.
    return (await this.batcher.submit(order)) as View;
  }
}

/** Of two orders with the same reference or idempotency key, the second reads the result of the first. */
function exclusiveKeysOf({ platformId, references, claim }: PostingOrder<unknown>): string[] {
  return [
    ...references.map((reference) => `reference ${platformId} ${reference}`),
    ...(claim === null ? [] : [keyNameOf(claim)]),
  ];
}
