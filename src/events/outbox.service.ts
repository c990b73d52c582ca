import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepare, runPrepared } from '../database/prepared.js';
import { PLATFORM_ID, type RowColumn, rowsParameters, rowsSql } from '../database/row-columns.js';
import type { NewEvent } from './event-types.js';

/** What `publishSql` reads of each row. */
export const EVENT_COLUMNS: readonly RowColumn<NewEvent>[] = [
  PLATFORM_ID,
  { name: 'type', type: 'text', of: ({ type }) => type },
  { name: 'object_id', type: 'text', of: ({ objectId }) => objectId },
  { name: 'data', type: 'jsonb', of: ({ data }) => JSON.stringify(data) },
  { name: 'occurred_at', type: 'timestamptz', of: ({ occurredAt }) => occurredAt },
];

/**
 * Part of a larger statement: writes one event a row.
 * @param from what its columns are read from, and `number`, their order
 */
export function publishSql(from: string): string {
  return `INSERT INTO events (platform_id, id, type, object_id, data, occurred_at)
  SELECT platform_id, nextval('events_id_seq'), type, object_id, data, occurred_at FROM ${from} ORDER BY number`;
}

const PUBLISH = prepare('publish-events', publishSql(rowsSql(EVENT_COLUMNS, 1, 'event')));

/**
 * The transactional outbox: events are written in the transaction of the change, and dispatched later.
 *
 * Publish while holding a lock that all publishers of the same object take (an account's balance row, a customer's
 * row): the order of the ids is then the order of the changes of that object.
 */
@Injectable()
export class Outbox {
  async publish(tx: EntityManager, events: readonly NewEvent[]): Promise<void> {
    if (events.length === 0) return;
    await runPrepared(tx, PUBLISH, rowsParameters(EVENT_COLUMNS, events));
  }
}
