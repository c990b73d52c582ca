import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../shared/clock.js';

/** The backlog of events and webhook deliveries. */
export interface Backlog {
  undispatchedEvents: number;
  /** Pending deliveries to active endpoints. */
  pendingDeliveries: number;
  /** Age of the oldest of these deliveries; 0: there is none. */
  oldestPendingSeconds: number;
}

/** Source of the backlog gauges for monitoring. */
@Injectable()
export class WebhookBacklog {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  async backlog(): Promise<Backlog> {
    const [row] = await this.dataSource.query<[Backlog]>(
      `SELECT (SELECT count(*)::int FROM events WHERE dispatched_at IS NULL) AS "undispatchedEvents",
         count(*)::int AS "pendingDeliveries",
         GREATEST(COALESCE(extract(epoch FROM $1::timestamptz - min(d.created_at)), 0), 0)::float8
           AS "oldestPendingSeconds"
       FROM webhook_deliveries d
       JOIN webhook_endpoints e ON e.platform_id = d.platform_id AND e.id = d.endpoint_id AND e.status = 'active'
       WHERE d.status = 'pending'`,
      [this.clock.now()],
    );
    return row;
  }
}
