import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { prepare, runPrepared } from '../database/prepared.js';
import { PLATFORM_ID, type RowColumn, rowsParameters, rowsSql } from '../database/row-columns.js';
import type { AuditOutcome } from '../entities/audit-entry.entity.js';
import { Clock } from '../shared/clock.js';
import { objectTypeOf } from '../shared/object-id.js';
import type { Verdict } from '../shared/verdict.js';
import type { AuditContext } from './audit-context.js';

/** An audit entry to write. `before` and `after` hold the changed fields, never a secret. */
export interface AuditRecord {
  /** The tenant of the object; the system tenant's id for reference data. */
  platformId: string;
  /** Past tense, such as `account.frozen`. */
  action: string;
  /** Prefixed id of the changed object. */
  objectId: string;
  audit: AuditContext;
  outcome?: AuditOutcome;
  before?: object | null;
  after?: object | null;
  verdicts?: readonly Verdict[] | null;
}

/** The old and new values of the changed fields, for the audit entry. */
export function changeOf<Row extends object>(
  row: Row,
  change: Partial<Row>,
): { before: object; after: object } {
  const names = Object.keys(change) as (keyof Row)[];
  return { before: Object.fromEntries(names.map((name) => [name, row[name]])), after: change };
}

/** The columns that `appendSql` reads, besides `platform_id` and `number`. */
export const AUDIT_COLUMNS: readonly RowColumn<AuditRecord>[] = [
  { name: 'actor_kind', type: 'text', of: ({ audit }) => audit.actor.kind },
  { name: 'actor_id', type: 'text', of: ({ audit }) => audit.actor.id },
  { name: 'actor_name', type: 'text', of: ({ audit }) => audit.actor.name },
  { name: 'action', type: 'text', of: ({ action }) => action },
  { name: 'outcome', type: 'text', of: ({ outcome = 'done' }) => outcome },
  { name: 'object_type', type: 'text', of: ({ objectId }) => objectTypeOf(objectId) },
  { name: 'object_id', type: 'text', of: ({ objectId }) => objectId },
  { name: 'reason', type: 'text', of: ({ audit }) => audit.reason },
  { name: 'request_id', type: 'text', of: ({ audit }) => audit.requestId },
  { name: 'state_before', type: 'jsonb', of: ({ before }) => toJson(before) },
  { name: 'state_after', type: 'jsonb', of: ({ after }) => toJson(after) },
  // The verdicts on allowed operations are mostly identical.
  { name: 'verdicts', type: 'jsonb', of: ({ verdicts }) => toJson(verdicts), repeats: true },
];

/**
 * SQL of two CTEs that insert one entry per row and queue it for sealing. Part of a larger statement.
 * @param from FROM item of the rows
 * @param at placeholder of the time
 */
export function appendSql(from: string, at: string): string {
  const names = AUDIT_COLUMNS.map(({ name }) => name).join(', ');
  return `audit_entry AS (
  INSERT INTO audit_entries (platform_id, id, occurred_at, ${names})
  SELECT platform_id, nextval('audit_entries_id_seq'), ${at}::timestamptz, ${names} FROM ${from} ORDER BY number
  RETURNING platform_id, id
), audit_queue AS (
  INSERT INTO audit_unsealed (platform_id, entry_id) SELECT platform_id, id FROM audit_entry
)`;
}

const COLUMNS: readonly RowColumn<AuditRecord>[] = [PLATFORM_ID, ...AUDIT_COLUMNS];
const APPEND = prepare(
  'append-audit-entries',
  `WITH ${appendSql(rowsSql(COLUMNS, 2, 'entry'), '$1')} SELECT 1`,
);

/** Writes audit entries, in the transaction of the operation. */
@Injectable()
export class AuditTrail {
  constructor(private readonly clock: Clock) {}

  async append(tx: EntityManager, record: AuditRecord): Promise<void> {
    await this.appendMany(tx, [record]);
  }

  /** Appends several entries, in their order. */
  async appendMany(tx: EntityManager, records: readonly AuditRecord[]): Promise<void> {
    if (records.length === 0) return;
    await runPrepared(tx, APPEND, [this.clock.now(), ...rowsParameters(COLUMNS, records)]);
  }
}

function toJson(state: object | null | undefined): string | null {
  return state ? JSON.stringify(state) : null;
}
