import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepare, runPrepared } from '../database/prepared.js';
import { PLATFORM_ID, type RowColumn, rowsParameters, rowsSql } from '../database/row-columns.js';
import type { NewEvent } from './event-types.js';

/** The columns that `publishSql` reads. */
export const EVENT_COLUMNS: readonly RowColumn<NewEvent>[] = [
  PLATFORM_ID,
  { name: 'type', type: 'text', of: ({ type }) => type },
  { name: 'object_id', type: 'text', of: ({ objectId }) => objectId },
  { name: 'data', type: 'jsonb', of: ({ data }) => JSON.stringify(data) },
  { name: 'occurred_at', type: 'timestamptz', of: ({ occurredAt }) => occurredAt },
];

/**
 * SQL that inserts one event per row. Part of a larger statement.
 * @param from FROM item with the event columns, and `number`, the order of the events
 */
export function publishSql(from: string): string {
  return `INSERT INTO events (platform_id, id, type, object_id, data, occurred_at)
  SELECT platform_id, nextval('events_id_seq'), type, object_id, data, occurred_at FROM ${from} ORDER BY number`;
}

const PUBLISH = prepare('publish-events', publishSql(rowsSql(EVENT_COLUMNS, 1, 'event')));

/**
 * Transactional outbox: events are inserted by the transaction that causes them, and delivered later.
 *
 * Publish while holding a lock that every publisher of events about the same object takes (an account's balance row, a
 * customer's row). The order of the event ids is then the order of the changes of that object.
 */
@Injectable()
export class Outbox {
  async publish(tx: EntityManager, events: readonly NewEvent[]): Promise<void> {
    if (events.length === 0) return;
    await runPrepared(tx, PUBLISH, rowsParameters(EVENT_COLUMNS, events));
  }
}
