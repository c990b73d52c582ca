import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { systemContext } from '../audit/audit-context.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Clock } from '../shared/clock.js';
import type { TenantObject } from '../shared/object-id.js';
import { Recurring } from '../shared/recurring.js';
import { HoldsService } from './holds.service.js';

const INTERVAL_MS = 1_000;
const BATCH = 500;
const ACT = systemContext('hold expiry', 'the hold’s time has run out');

/**
 * Releases the remaining amount of expired holds, once a second. A hold cannot be captured after its expiry even before
 * this job has processed it.
 */
@Injectable()
export class HoldExpiry implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(HoldExpiry.name);
  private readonly rounds = new Recurring(
    () => this.expireDue(),
    INTERVAL_MS,
    ({ message }) => {
      this.logger.warn(`expiring holds failed: ${message}`);
    },
  );

  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly holds: HoldsService,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
  }

  /** Expires at most one batch of due holds. @returns the number of expired holds */
  async expireDue(): Promise<number> {
    const due = await this.dataSource.query<TenantObject[]>(
      `SELECT platform_id AS "platformId", id FROM holds
       WHERE status = 'active' AND expires_at <= $1 ORDER BY expires_at LIMIT $2`,
      [this.clock.now(), BATCH],
    );
    let expired = 0;
    for (const hold of due)
      if (await this.unitOfWork.run((tx) => this.holds.expireWithin(tx, hold, ACT))) expired++;
    return expired;
  }
}
