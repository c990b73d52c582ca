import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { MetricsRegistry } from './metrics-registry.service.js';

/** What is counted elsewhere. */
export interface Counted {
  bound: number;
  inWork: number;
  /** The most there have been at once. */
  highest: number;
}

/** How busy the process is, and how many requests it turned away. */
@Injectable()
export class AdmissionMetrics {
  private readonly registers: MetricsRegistry['registry'][];
  private readonly refusals: Counter<'reason'>;

  constructor({ registry }: MetricsRegistry) {
    this.registers = [registry];
    this.refusals = new Counter({
      name: 'vostro_requests_refused_total',
      help: 'Requests turned away for there were too many, by what there were too many of.',
      labelNames: ['reason'],
      registers: this.registers,
    });
  }

  /** Shows them as they are whenever somebody asks. */
  watch(counted: Readonly<Counted>): void {
    this.show('vostro_requests_in_work', 'Requests in work.', () => counted.inWork);
    this.show(
      'vostro_requests_in_work_highest',
      'The most there were at once so far.',
      () => counted.highest,
    );
    this.show('vostro_requests_in_work_bound', 'The most there can be at once.', () => counted.bound);
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
