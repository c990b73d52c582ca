import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { columns } from '../database/columns.js';
import { listPage } from '../database/listing.js';
import { AuditEntry, type ActorKind, type AuditOutcome } from '../entities/audit-entry.entity.js';
import { byPlatform, type ListQuery, type ListSpec, type Page } from '../shared/listing.js';
import type { Verdict } from '../shared/verdict.js';

export interface AuditEntryView {
  platformId: string;
  id: string;
  occurredAt: Date;
  actorKind: ActorKind;
  actorId: string;
  actorName: string;
  action: string;
  outcome: AuditOutcome;
  objectType: string;
  objectId: string;
  reason: string | null;
  requestId: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  verdicts: Verdict[] | null;
  /** Position in the platform's chain; `null`: not sealed yet. */
  position: string | null;
  hash: Buffer | null;
}

const LISTED = [
  'platformId',
  'id',
  'occurredAt',
  'actorKind',
  'actorId',
  'actorName',
  'action',
  'outcome',
  'objectType',
  'objectId',
  'reason',
  'requestId',
  'verdicts',
] as const;
const SELECT = `${columns(AuditEntry, 'e', LISTED)}, e.state_before AS before, e.state_after AS after, s.position, s.hash`;
const FROM = `audit_entries e LEFT JOIN audit_seals s ON s.platform_id = e.platform_id AND s.entry_id = e.id`;

export const AUDIT_LIST: ListSpec = {
  select: SELECT,
  from: FROM,
  key: 'e.id',
  filters: {
    platform: byPlatform('e.platform_id'),
    object: {
      description: 'About this object, by its prefixed id.',
      schema: { type: 'string', example: 'cus_1_2' },
      sql: 'e.object_id = ?',
    },
    objectType: {
      description: 'About this kind of object.',
      schema: { type: 'string', example: 'account' },
      sql: 'e.object_type = ?',
    },
    actor: {
      description: 'By this actor, by its prefixed id.',
      schema: { type: 'string', example: 'adm_0_1' },
      sql: 'e.actor_id = ?',
    },
    action: {
      description: 'This act.',
      schema: { type: 'string', example: 'account.frozen' },
      sql: 'e.action = ?',
    },
    outcome: {
      description: 'Done, or refused.',
      schema: { type: 'string', enum: ['done', 'refused'] },
      sql: 'e.outcome = ?',
    },
    requestId: {
      description: 'In this request.',
      schema: { type: 'string', format: 'uuid' },
      sql: 'e.request_id = ?',
    },
    from: {
      description: 'Then or later, RFC 3339.',
      schema: { type: 'string', format: 'date-time' },
      sql: 'e.occurred_at >= ?::timestamptz',
    },
    until: {
      description: 'Then or earlier, RFC 3339.',
      schema: { type: 'string', format: 'date-time' },
      sql: 'e.occurred_at <= ?::timestamptz',
    },
  },
  sorts: { occurredAt: { sql: 'e.occurred_at', type: 'timestamptz' } },
  defaultSort: '-occurredAt',
};

/** Reads the audit trail. */
@Injectable()
export class AuditSearch {
  constructor(private readonly dataSource: DataSource) {}

  list(query: ListQuery): Promise<Page<AuditEntryView>> {
    return listPage<AuditEntryView>(this.dataSource, AUDIT_LIST, query);
  }

  /** The entries about one object, oldest first, at most `limit`. */
  async historyOf(platformId: string, objectId: string, limit: number): Promise<AuditEntryView[]> {
    return this.dataSource.query<AuditEntryView[]>(
      `SELECT ${SELECT} FROM ${FROM} WHERE e.platform_id = $1 AND e.object_id = $2 ORDER BY e.id LIMIT $3`,
      [platformId, objectId, limit],
    );
  }
}
