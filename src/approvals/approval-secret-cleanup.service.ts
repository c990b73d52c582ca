import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Recurring } from '../shared/recurring.js';
import { ApprovalSecrets } from './approval-secrets.service.js';

const INTERVAL_MS = 10 * 60 * 1_000;

/** Cleanup: deletes secrets that were not collected in time and can no longer be collected. */
@Injectable()
export class ApprovalSecretCleanup implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ApprovalSecretCleanup.name);
  private readonly rounds = new Recurring(
    () => this.secrets.purge(),
    INTERVAL_MS,
    ({ message }) => {
      this.logger.warn(`deleting uncollected secrets of approvals failed: ${message}`);
    },
  );

  constructor(private readonly secrets: ApprovalSecrets) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
  }
}
