import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { systemContext } from '../audit/audit-context.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { Recurring } from '../shared/recurring.js';
import { KycService } from './kyc.service.js';

const INTERVAL_MS = 5_000;
const BATCH = 200;

/**
 * Moves expired KYC decisions to `expired` and applies the consequences. The rules do not depend on this job: they
 * compare the expiry with the current time.
 */
@Injectable()
export class KycExpiry implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(KycExpiry.name);
  private readonly rounds = new Recurring(
    () => this.expireDue(),
    INTERVAL_MS,
    ({ message }) => {
      this.logger.warn(`expiring KYC decisions failed: ${message}`);
    },
  );

  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly kyc: KycService,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
  }

  /** Expires at most one batch of due decisions. @returns the number of expired decisions */
  async expireDue(): Promise<number> {
    const due = await this.dataSource.query<{ platformId: string; id: string }[]>(
      `SELECT platform_id AS "platformId", id FROM customers
       WHERE kyc_status IN ('approved', 'rejected') AND kyc_expires_at <= $1 LIMIT $2`,
      [this.clock.now(), BATCH],
    );
    let expired = 0;
    for (const customer of due) if (await this.expire(customer)) expired++;
    return expired;
  }

  private async expire(customer: { platformId: string; id: string }): Promise<boolean> {
    const context = systemContext('kyc expiry', 'the decision’s time has run out');
    try {
      await this.unitOfWork.run((tx) => this.kyc.moveWithin(tx, customer, { transition: 'expire' }, context));
      return true;
    } catch (error) {
      // Another process expired it first, or the case was reopened meanwhile.
      if (error instanceof AppError && error.code === 'transition_not_allowed') return false;
      throw error;
    }
  }
}
