import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { NewEvent } from './event-types.js';

/** Number of parameters of `publishSql`. */
export const PUBLISH_PARAMETERS = 5;

/**
 * Part of a larger statement: writes one event.
 * @param first number of the first of its parameters, which `publishParameters` gives
 * @param where SQL that must hold for the event to be written
 */
export function publishSql(first: number, where: string): string {
  const at = (offset: number, type: string): string => `$${first + offset}::${type}`;
  return `event AS (
  INSERT INTO events (platform_id, id, type, object_id, data, occurred_at)
  SELECT ${at(0, 'bigint')}, nextval('events_id_seq'), ${at(1, 'text')}, ${at(2, 'text')}, ${at(3, 'jsonb')},
    ${at(4, 'timestamptz')}
  WHERE ${where}
)`;
}

/** What `publishSql` takes. */
export function publishParameters({ platformId, type, objectId, data, occurredAt }: NewEvent): unknown[] {
  return [platformId, type, objectId, JSON.stringify(data), occurredAt];
}

const PUBLISH_MANY_SQL = `INSERT INTO events (platform_id, id, type, object_id, data, occurred_at)
  SELECT platform_id, nextval('events_id_seq'), type, object_id, data::jsonb, occurred_at
  FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
    WITH ORDINALITY AS event(platform_id, type, object_id, data, occurred_at, number)
  ORDER BY number`;

/**
 * The transactional outbox: events are written by the transaction in which they happen, and told later.
 *
 * Publish while holding a lock that everybody who publishes about the same object takes too (an account's balance
 * row, a customer's row): the order of the ids is then the order in which things happened to that object.
 */
@Injectable()
export class Outbox {
  async publish(tx: EntityManager, events: readonly NewEvent[]): Promise<void> {
    if (events.length === 0) return;
    await tx.query(PUBLISH_MANY_SQL, [
      events.map(({ platformId }) => platformId),
      events.map(({ type }) => type),
      events.map(({ objectId }) => objectId),
      events.map(({ data }) => JSON.stringify(data)),
      events.map(({ occurredAt }) => occurredAt),
    ]);
  }
}
