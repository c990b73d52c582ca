import { Injectable } from '@nestjs/common';
import { Histogram } from 'prom-client';
import { MetricsRegistry } from './metrics-registry.service.js';

const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** An answer that was given. */
export interface Answered {
  method: string;
  /** The route's pattern, never the path: a path may hold an identifier. `undefined`: nothing is served there. */
  route: string | undefined;
  status: number;
  elapsedMs: number;
}

/** How long answers take. */
@Injectable()
export class HttpMetrics {
  private readonly durations: Histogram<'method' | 'route' | 'status'>;

  constructor({ registry }: MetricsRegistry) {
    this.durations = new Histogram({
      name: 'vostro_http_request_duration_seconds',
      help: 'Seconds until an answer was sent, by method, route pattern and status.',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS_SECONDS,
      registers: [registry],
    });
  }

  observe({ method, route = 'unmatched', status, elapsedMs }: Answered): void {
    this.durations.observe({ method, route, status: String(status) }, elapsedMs / 1_000);
  }
}
