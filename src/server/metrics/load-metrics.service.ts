import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { MetricsRegistry } from './metrics-registry.service.js';

/** Read at every scrape. */
export interface LoadFigures {
  limit: number;
  inFlight: number;
  /** The highest `inFlight` since the process started. */
  peak: number;
}

/** Requests in flight, and requests rejected by load shedding. */
@Injectable()
export class LoadMetrics {
  private readonly registers: MetricsRegistry['registry'][];
  private readonly refusals: Counter<'reason'>;

  constructor({ registry }: MetricsRegistry) {
    this.registers = [registry];
    this.refusals = new Counter({
      name: 'vostro_requests_refused_total',
      help: 'Requests rejected by load shedding, by reason.',
      labelNames: ['reason'],
      registers: this.registers,
    });
  }

  watch(figures: Readonly<LoadFigures>): void {
    this.show('vostro_requests_in_work', 'Requests in flight.', () => figures.inFlight);
    this.show(
      'vostro_requests_in_work_highest',
      'Highest number of requests in flight since the process started.',
      () => figures.peak,
    );
    this.show(
      'vostro_requests_in_work_bound',
      'Limit of requests in flight (MAX_REQUESTS_IN_WORK).',
      () => figures.limit,
    );
  }

  refused(reason: string): void {
    this.refusals.inc({ reason });
  }

  private show(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: this.registers,
      collect() {
        this.set(read());
      },
    });
  }
}
