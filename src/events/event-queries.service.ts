import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { columns } from '../database/columns.js';
import { EventRecord } from '../entities/event.entity.js';
import { listPage } from '../database/listing.js';
import { AppError } from '../shared/app-error.js';
import { byPlatform, type ListQuery, type ListSpec, type Page } from '../shared/listing.js';
import type { TenantObject } from '../shared/object-id.js';
import { EVENT_TYPES, type StoredEvent } from './event-types.js';

export type EventView = StoredEvent & { dispatchedAt: Date | null };

/** How events are listed. */
export const EVENT_LIST: ListSpec = {
  select: columns(EventRecord, 'e', [
    'platformId',
    'id',
    'type',
    'objectId',
    'data',
    'occurredAt',
    'dispatchedAt',
  ]),
  from: 'events e',
  key: 'e.id',
  filters: {
    platform: byPlatform('e.platform_id'),
    object: {
      description: 'Of this account or customer, by its prefixed id.',
      schema: {
        type: 'string',
        pattern: '^(acc|cus)_(0|[1-9]\\d{0,17})_[1-9]\\d{0,17}$',
        example: 'acc_1_1',
      },
      // The platform id is a part of the object id, and the first column of the index.
      sql: `e.platform_id = split_part(?, '_', 2)::bigint AND e.object_id = ?`,
    },
    type: {
      description: 'Of this type.',
      schema: { type: 'string', enum: EVENT_TYPES },
      sql: 'e.type = ?',
    },
  },
  sorts: { id: { sql: 'e.id', type: 'bigint' } },
  defaultSort: '-id',
};

/** Reads stored events. */
@Injectable()
export class EventQueries {
  constructor(private readonly dataSource: DataSource) {}

  list(query: ListQuery): Promise<Page<EventView>> {
    return listPage<EventView>(this.dataSource, EVENT_LIST, query);
  }

  /** @throws AppError object_not_found */
  async get({ platformId, id }: TenantObject): Promise<EventView> {
    const rows = await this.dataSource.query<EventView[]>(
      `SELECT ${EVENT_LIST.select} FROM ${EVENT_LIST.from} WHERE e.platform_id = $1 AND e.id = $2`,
      [platformId, id],
    );
    const event = rows[0];
    if (event === undefined) throw new AppError('object_not_found');
    return event;
  }
}
