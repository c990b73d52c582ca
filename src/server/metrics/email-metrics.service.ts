import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { MetricsRegistry } from './metrics-registry.service.js';

/** Counts e-mails that are not created. */
@Injectable()
export class EmailMetrics {
  private readonly suppressions: Counter<'reason'>;

  constructor({ registry }: MetricsRegistry) {
    this.suppressions = new Counter({
      name: 'vostro_emails_suppressed_total',
      help: 'E-mails that were not created because a rate limit was used up, by the limit.',
      labelNames: ['reason'],
      registers: [registry],
    });
  }

  suppressed(reason: string, emails: number): void {
    this.suppressions.inc({ reason }, emails);
  }
}
