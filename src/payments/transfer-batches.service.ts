import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { TransferRecord } from '../ledger/reports/transfer-queries.service.js';
import { allOrNone } from '../database/all-or-none.js';
import { resultOf } from '../concurrency/batcher.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import type { IdempotentCommand } from '../idempotency/idempotent-transaction.service.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { PostingWriter } from './posting-writer.service.js';
import { type TransferOrder, transferToPost } from './transfers.service.js';

/** One transfer of a batch, with its own audit context and idempotency claim. */
export interface BatchedTransfer extends IdempotentCommand<TransferRecord> {
  order: TransferOrder;
}

/** Posts several transfers, all or none. Each has its own audit entry, stored response and journal. */
@Injectable()
export class TransferBatches {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ledger: LedgerService,
    private readonly writer: PostingWriter,
  ) {}

  /**
   * Posts the transfers in order, in one transaction; each sees the ones before it.
   * @throws BatchRefused with the error that `TransfersService.transfer` would throw for each refused transfer
   * @throws ClaimLost when a concurrent request with the same idempotency key won; nothing is written then
   */
  async transferAll(batch: readonly BatchedTransfer[]): Promise<TransferRecord[]> {
    return this.unitOfWork.run(async (tx) => {
      await this.lockAll(tx, batch);
      return allOrNone(tx, batch, (within, transfer) => this.one(within, transfer));
    });
  }

  private async one(tx: EntityManager, { order, ...command }: BatchedTransfer): Promise<TransferRecord> {
    const [outcome] = await this.writer.post(tx, [transferToPost(order, command)], 'wait');
    return resultOf(outcome) as TransferRecord;
  }

  /** Locks all accounts first, in a fixed order: locking them transfer by transfer could deadlock two batches. */
  private async lockAll(tx: EntityManager, batch: readonly BatchedTransfer[]): Promise<void> {
    const accounts = batch.flatMap(({ order: { from, to } }) => [from, to]);
    const byPlatform = Map.groupBy(accounts, ({ platformId }) => platformId);
    for (const platformId of [...byPlatform.keys()].sort()) {
      const ids = (byPlatform.get(platformId) ?? []).map(({ id }) => id);
      await this.ledger.lock(tx, platformId, ids);
    }
  }
}
