import { Injectable } from '@nestjs/common';
import { RateLimiterPostgres } from 'rate-limiter-flexible';
import { DataSource } from 'typeorm';
import type { Usage, UsageStore } from './usage-counter.js';

/** Usage in the table `rate_limit_usage`, one row per key and window. */
@Injectable()
export class PostgresUsageStore implements UsageStore {
  private readonly limiter: RateLimiterPostgres;

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
    const { consumedPoints, msBeforeNext } = await this.limiter.penalty(key, used, {
      customDuration: windowSeconds,
    });
    return { used: consumedPoints, resetsInMs: msBeforeNext };
  }
}
