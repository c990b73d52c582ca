import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditOutcome } from '../entities/audit-entry.entity.js';
import { Clock } from '../shared/clock.js';
import { objectTypeOf } from '../shared/object-id.js';
import type { Verdict } from '../shared/verdict.js';
import type { ActContext } from './act.js';

/** What happened. `before` and `after` hold what the act changed, never a secret. */
export interface AuditRecord {
  /** The tenant of the object; the house's id for reference data. */
  platformId: string;
  /** Past tense, such as `account.frozen`. */
  action: string;
  /** Prefixed id of what it happened to. */
  objectId: string;
  act: ActContext;
  outcome?: AuditOutcome;
  before?: object | null;
  after?: object | null;
  verdicts?: readonly Verdict[] | null;
}

/** What a change does to a row, for the trail: only what it names, as it was and as it becomes. */
export function changeOf<Row extends object>(
  row: Row,
  change: Partial<Row>,
): { before: object; after: object } {
  const names = Object.keys(change) as (keyof Row)[];
  return { before: Object.fromEntries(names.map((name) => [name, row[name]])), after: change };
}

/** Number of parameters of `appendSql`. */
export const APPEND_PARAMETERS = 14;

/**
 * Part of a larger statement: writes an entry, and queues it for its place in the chain.
 * @param first number of the first of its parameters, which `appendParameters` gives
 * @param where SQL that must hold for the entry to be written
 */
export function appendSql(first: number, where: string): string {
  const at = (offset: number, type: string): string => `$${first + offset}::${type}`;
  return `audit_entry AS (
  INSERT INTO audit_entries (platform_id, id, occurred_at, actor_kind, actor_id, actor_name, action, outcome,
    object_type, object_id, reason, request_id, state_before, state_after, verdicts)
  SELECT ${at(0, 'bigint')}, nextval('audit_entries_id_seq'), ${at(1, 'timestamptz')}, ${at(2, 'text')},
    ${at(3, 'text')}, ${at(4, 'text')}, ${at(5, 'text')}, ${at(6, 'text')}, ${at(7, 'text')}, ${at(8, 'text')},
    ${at(9, 'text')}, ${at(10, 'text')}, ${at(11, 'jsonb')}, ${at(12, 'jsonb')}, ${at(13, 'jsonb')}
  WHERE ${where}
  RETURNING platform_id, id
), audit_queue AS (
  INSERT INTO audit_unsealed (platform_id, entry_id) SELECT platform_id, id FROM audit_entry
)`;
}

const APPEND_SQL = `WITH ${appendSql(1, 'true')} SELECT 1`;

/** Writes what happened, in the transaction in which it happens. */
@Injectable()
export class AuditTrail {
  constructor(private readonly clock: Clock) {}

  async append(tx: EntityManager, record: AuditRecord): Promise<void> {
    await tx.query(APPEND_SQL, this.parameters(record));
  }

  /** What `appendSql` takes. */
  parameters(record: AuditRecord): unknown[] {
    const { platformId, action, objectId, act, outcome = 'done', before, after, verdicts } = record;
    return [
      ...[platformId, this.clock.now(), act.actor.kind, act.actor.id, act.actor.name, action, outcome],
      ...[objectTypeOf(objectId), objectId, act.reason, act.requestId],
      ...[before, after, verdicts].map((state) => (state ? JSON.stringify(state) : null)),
    ];
  }
}
