import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { MetricsRegistry } from './metrics-registry.service.js';

/** Counts refusals that may indicate an attack. */
@Injectable()
export class SecurityMetrics {
  private readonly events: Counter<'action' | 'reason'>;

  constructor({ registry }: MetricsRegistry) {
    this.events = new Counter({
      name: 'vostro_security_events_total',
      help: 'Security events, by attempted action and reason of the refusal.',
      labelNames: ['action', 'reason'],
      registers: [registry],
    });
  }

  count(action: string, reason: string): void {
    this.events.inc({ action, reason });
  }
}
