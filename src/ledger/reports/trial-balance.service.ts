import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../shared/clock.js';
import { Semaphore } from '../../concurrency/semaphore.js';
import { type LedgerSums, sumBalances } from './ledger-sums.js';
import { inSnapshot } from './snapshot.js';

/** Callers that wait for their turn, and for how long. */
const MAX_WAITING = 10;
const MAX_WAIT_MS = 20_000;

export interface TrialBalance {
  at: Date;
  rows: LedgerSums[];
}

/** Trial balance: the posted balances per platform and currency. Each sum is zero when the books are consistent. */
@Injectable()
export class TrialBalances {
  /** It reads every balance, so that several at once would take the connections of everybody else. */
  private readonly turn = new Semaphore(1, MAX_WAITING, MAX_WAIT_MS);

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
    const at = this.clock.now();
    const sums = await this.turn.run(() => inSnapshot(this.dataSource, (tx) => sumBalances(tx, platformId)));
    return { at, rows: sums.filter((row) => currencyCode === null || row.currencyCode === currencyCode) };
  }
}
