import { Injectable } from '@nestjs/common';
import { Histogram } from 'prom-client';
import { PHASES, type Stopwatch } from '../../shared/stopwatch.js';
import { MetricsRegistry } from './metrics-registry.service.js';

const PHASE_BUCKETS_SECONDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5,
];
const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** A request that was answered. */
export interface Answered {
  method: string;
  /** The route's pattern, never the path: a path may contain an identifier. `undefined`: no route matches. */
  route: string | undefined;
  status: number;
  elapsedMs: number;
}

/** Histograms of response times. */
@Injectable()
export class HttpMetrics {
  private readonly durations: Histogram<'method' | 'route' | 'status'>;
  private readonly phases: Histogram<'route' | 'phase'>;

  constructor({ registry }: MetricsRegistry) {
    this.durations = new Histogram({
      name: 'vostro_http_request_duration_seconds',
      help: 'Seconds until the response was sent, by method, route pattern and status.',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS_SECONDS,
      registers: [registry],
    });
    this.phases = new Histogram({
      name: 'vostro_request_phase_seconds',
      help: 'Seconds in each phase of requests executed in batches (openings and transfers).',
      labelNames: ['route', 'phase'],
      buckets: PHASE_BUCKETS_SECONDS,
      registers: [registry],
    });
  }

  /** Phases of a request that was executed in a batch. */
  observePhases(route: string | undefined, watch: Stopwatch): void {
    for (const phase of PHASES)
      this.phases.observe({ route: route ?? 'unmatched', phase }, watch.of(phase) / 1_000);
  }

  observe({ method, route = 'unmatched', status, elapsedMs }: Answered): void {
    this.durations.observe({ method, route, status: String(status) }, elapsedMs / 1_000);
  }
}
