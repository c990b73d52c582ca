import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { columns } from '../database/columns.js';
import { listPage } from '../database/listing.js';
import { WebhookDelivery, type DeliveryStatus } from '../entities/webhook-delivery.entity.js';
import { WebhookEndpoint } from '../entities/webhook-endpoint.entity.js';
import { AppError } from '../shared/app-error.js';
import type { ListQuery, ListSpec, Page } from '../shared/listing.js';
import type { TenantObject } from '../shared/object-id.js';

/** The delivery of one event to one endpoint. */
export interface DeliveryRecord {
  platformId: string;
  id: string;
  endpointId: string;
  eventId: string;
  eventType: string;
  objectId: string;
  status: DeliveryStatus;
  attempts: number;
  nextAttemptAt: Date;
  createdAt: Date;
  completedAt: Date | null;
}

export interface AttemptRecord {
  attemptedAt: Date;
  durationMs: number;
  httpStatus: number | null;
  error: string | null;
}

export interface DeliveryWithAttempts extends DeliveryRecord {
  /** Oldest first. */
  attemptLog: AttemptRecord[];
}

const LISTED = [
  'platformId',
  'id',
  'endpointId',
  'eventId',
  'objectId',
  'status',
  'attempts',
  'nextAttemptAt',
  'createdAt',
  'completedAt',
] as const;

/** How the deliveries of an endpoint are listed. */
export const DELIVERY_LIST: ListSpec = {
  select: `${columns(WebhookDelivery, 'd', LISTED)}, event.type AS "eventType"`,
  from: 'webhook_deliveries d JOIN events event ON event.platform_id = d.platform_id AND event.id = d.event_id',
  key: 'd.id',
  filters: {
    status: {
      description: 'In this state.',
      schema: { type: 'string', enum: ['pending', 'delivered', 'exhausted'] },
      sql: 'd.status = ?',
    },
  },
  sorts: { id: { sql: 'd.id', type: 'bigint' } },
  defaultSort: '-id',
};

/** The endpoint is a path parameter, so it is not among the optional filters of `DELIVERY_LIST`. */
const OF_ENDPOINT: ListSpec = {
  ...DELIVERY_LIST,
  filters: {
    ...DELIVERY_LIST.filters,
    endpoint: {
      description: 'To this endpoint.',
      schema: { type: 'string' },
      sql: `d.platform_id = split_part(?, ' ', 1)::bigint AND d.endpoint_id = split_part(?, ' ', 2)::bigint`,
    },
  },
};

/** Reads deliveries and their attempts. */
@Injectable()
export class DeliveryQueries {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws AppError object_not_found when the endpoint does not exist */
  async listOf({ platformId, id }: TenantObject, query: ListQuery): Promise<Page<DeliveryRecord>> {
    const isKnown = await this.dataSource.manager.existsBy(WebhookEndpoint, { platformId, id });
    if (!isKnown) throw new AppError('object_not_found');
    const filters = { ...query.filters, endpoint: `${platformId} ${id}` };
    return listPage<DeliveryRecord>(this.dataSource, OF_ENDPOINT, { ...query, filters });
  }

  /** @throws AppError object_not_found */
  async get({ platformId, id }: TenantObject): Promise<DeliveryWithAttempts> {
    const rows = await this.dataSource.query<DeliveryRecord[]>(
      `SELECT ${DELIVERY_LIST.select} FROM ${DELIVERY_LIST.from} WHERE d.platform_id = $1 AND d.id = $2`,
      [platformId, id],
    );
    const delivery = rows[0];
    if (delivery === undefined) throw new AppError('object_not_found');
    const attemptLog = await this.dataSource.query<AttemptRecord[]>(
      `SELECT attempted_at AS "attemptedAt", duration_ms AS "durationMs", http_status AS "httpStatus", error
       FROM webhook_attempts WHERE platform_id = $1 AND delivery_id = $2 ORDER BY id`,
      [platformId, id],
    );
    return { ...delivery, attemptLog };
  }
}
