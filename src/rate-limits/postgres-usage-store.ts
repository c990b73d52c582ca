import { Injectable } from '@nestjs/common';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import { DataSource } from 'typeorm';
import { Semaphore } from '../concurrency/semaphore.js';
import { MAX_KEYS, type Usage, type UsageStore } from './usage-counter.js';

/** Connections that reports use at the same time: e-mails to many recipients are as many keys to report at once. */
const CONNECTIONS = 2;
/** How long a report may wait for a connection; it is made later then. */
const MAX_WAIT_MS = 30_000;

/** Usage in the table `rate_limit_usage`, one row per key and window. */
@Injectable()
export class PostgresUsageStore implements UsageStore {
  private readonly limiter: RateLimiterPostgres;
  private readonly reports = new Semaphore(CONNECTIONS, MAX_KEYS, MAX_WAIT_MS);

  constructor(dataSource: DataSource) {
    this.limiter = new RateLimiterPostgres({
      storeClient: dataSource,
      storeType: 'typeorm',
      tableName: 'rate_limit_usage',
      tableCreated: true,
      keyPrefix: '',
      // Required, and of no effect: each call names the window, and the caller compares with the limit.
      points: 1,
      duration: 1,
    });
  }

  async add(key: string, used: number, windowSeconds: number): Promise<Usage> {
    const { consumedPoints, msBeforeNext } = await this.reports.run(() =>
      this.limiter.penalty(key, used, { customDuration: windowSeconds }),
    );
    return { used: consumedPoints, resetsInMs: msBeforeNext };
  }
}
