import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../shared/clock.js';
import { oneAtATime } from '../../concurrency/semaphore.js';
import { type LedgerSums, sumBalances } from './ledger-sums.js';
import { inSnapshot } from './snapshot.js';

export interface TrialBalance {
  at: Date;
  rows: LedgerSums[];
}

/** Trial balance: the posted balances per platform and currency. Each sum is zero when the books are consistent. */
@Injectable()
export class TrialBalances {
  private readonly turn = oneAtATime();

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * One runs at a time per process.
   * @param platformId `null`: every platform
   * @param currencyCode `null`: every currency
   * @throws AppError service_unavailable when too many wait
   */
  async get(platformId: string | null, currencyCode: string | null): Promise<TrialBalance> {
    return this.turn.run(async () => {
      const at = this.clock.now();
      const sums = await inSnapshot(this.dataSource, (tx) => sumBalances(tx, platformId));
      return { at, rows: sums.filter((row) => currencyCode === null || row.currencyCode === currencyCode) };
    });
  }
}
