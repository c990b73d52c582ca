import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { columns } from '../database/columns.js';
import { listPage } from '../database/listing.js';
import {
  Email,
  EMAIL_KINDS,
  EMAIL_STATUSES,
  type EmailKind,
  type EmailStatus,
} from '../entities/email.entity.js';
import { AppError } from '../shared/app-error.js';
import { byPlatform, type ListQuery, type ListSpec, type Page } from '../shared/listing.js';
import { parseTenantId, tenantIdPattern, type TenantObject, toTenantId } from '../shared/object-id.js';

/** An e-mail without its body, as in a list. */
export interface EmailRow extends TenantObject {
  eventId: string;
  kind: EmailKind;
  /** `acc_…`: the account that the e-mail is about. */
  objectId: string;
  recipient: string;
  subject: string;
  status: EmailStatus;
  attempts: number;
  nextAttemptAt: Date;
  lastError: string | null;
  createdAt: Date;
  completedAt: Date | null;
}

/** An e-mail with its body. */
export interface EmailView extends EmailRow {
  body: string;
}

/** Numbers of unsent e-mails of all platforms. */
export interface EmailBacklog {
  pending: number;
  notSent: number;
  failed: number;
}

/** How e-mails are listed. */
export const EMAIL_LIST: ListSpec = {
  select: columns(Email, 'e', [
    'platformId',
    'id',
    'eventId',
    'kind',
    'objectId',
    'recipient',
    'subject',
    'status',
    'attempts',
    'nextAttemptAt',
    'lastError',
    'createdAt',
    'completedAt',
  ]),
  from: 'emails e',
  key: 'e.id',
  filters: {
    status: {
      description: 'In this state.',
      schema: { type: 'string', enum: EMAIL_STATUSES },
      sql: 'e.status = ?',
    },
    kind: { description: 'Of this kind.', schema: { type: 'string', enum: EMAIL_KINDS }, sql: 'e.kind = ?' },
    account: {
      description: 'About this account.',
      schema: { type: 'string', pattern: tenantIdPattern('acc'), example: 'acc_1_1' },
      sql: `e.platform_id = split_part(?, '_', 2)::bigint AND e.object_id = ?`,
      parse: (text) => {
        const account = parseTenantId('acc', text);
        return account === null ? null : toTenantId('acc', account.platformId, account.id);
      },
    },
    recipient: {
      description: 'To this address, ignoring case.',
      schema: { type: 'string', example: 'treasury@example.com' },
      sql: 'lower(e.recipient) = lower(?)',
    },
    platform: byPlatform('e.platform_id'),
  },
  sorts: { createdAt: { sql: 'e.created_at', type: 'timestamptz' } },
  defaultSort: '-createdAt',
};

@Injectable()
export class EmailQueries {
  constructor(private readonly dataSource: DataSource) {}

  list(query: ListQuery): Promise<Page<EmailRow>> {
    return listPage<EmailRow>(this.dataSource, EMAIL_LIST, query);
  }

  /** @throws AppError object_not_found */
  async get(
    { platformId, id }: TenantObject,
    on: EntityManager = this.dataSource.manager,
  ): Promise<EmailView> {
    const rows = await on.query<EmailView[]>(
      `SELECT ${EMAIL_LIST.select}, e.body FROM ${EMAIL_LIST.from} WHERE e.platform_id = $1 AND e.id = $2`,
      [platformId, id],
    );
    const email = rows[0];
    if (email === undefined) throw new AppError('object_not_found');
    return email;
  }

  /** Counts unsent e-mails, for monitoring. */
  async backlog(): Promise<EmailBacklog> {
    const rows = await this.dataSource.query<{ status: EmailStatus; n: number }[]>(
      `SELECT status, count(*)::int AS n FROM emails WHERE status <> 'sent' GROUP BY status`,
    );
    const counts = new Map(rows.map(({ status, n }) => [status, n]));
    const of = (status: EmailStatus): number => counts.get(status) ?? 0;
    return { pending: of('pending'), notSent: of('not_sent'), failed: of('failed') };
  }
}
