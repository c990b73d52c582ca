import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { columns } from '../database/columns.js';
import { Email, type EmailKind, type EmailStatus } from '../entities/email.entity.js';
import { Clock } from '../shared/clock.js';
import type { TenantObject } from '../shared/object-id.js';
import type { EmailContent } from './email-templates.js';

/** A letter to one recipient. */
export interface NewEmail extends EmailContent {
  eventId: string;
  /** `acc_…`: the account it is about. */
  objectId: string;
  recipient: string;
}

/** An e-mail that one mailer holds until its lease ends. */
export interface ClaimedEmail extends TenantObject {
  kind: EmailKind;
  recipient: string;
  subject: string;
  body: string;
  /** This one included. */
  attempts: number;
  createdAt: Date;
  /** Identifies the lease: a later lease has a later time. */
  leaseUntil: Date;
}

/** Fields of an e-mail that may be logged. */
export type NamedEmail = Pick<ClaimedEmail, 'platformId' | 'id' | 'kind'>;

/** Outcome of an attempt. */
export interface SendOutcome {
  status: Exclude<EmailStatus, 'not_sent'>;
  lastError: string | null;
  /** `pending`: when to try again. */
  nextAttemptAt: Date | null;
}

const PLATFORMS_A_ROUND = 100;
const ROWS_A_STATEMENT = 1_000;

/** A twin of the same event and recipient is there already when a dispatch is done again. */
const ENQUEUE_SQL = `INSERT INTO emails (platform_id, id, event_id, kind, object_id, recipient, subject, body, status,
    attempts, next_attempt_at, created_at)
  SELECT $1::bigint, nextval('emails_id_seq'), event, kind, object, recipient, subject, body, 'pending', 0,
    $2::timestamptz, $2::timestamptz
  FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
    WITH ORDINALITY AS letter(event, kind, object, recipient, subject, body, number)
  ORDER BY number
  ON CONFLICT ON CONSTRAINT uq_emails_event DO NOTHING`;

/** What another process is just claiming is passed over. */
const CLAIM_SQL = `UPDATE emails e SET attempts = e.attempts + 1, next_attempt_at = $3::timestamptz
  FROM (
    SELECT id FROM emails WHERE platform_id = $1::bigint AND status = 'pending' AND next_attempt_at <= $2::timestamptz
    ORDER BY next_attempt_at, id LIMIT $4::int FOR UPDATE SKIP LOCKED
  ) due
  WHERE e.platform_id = $1::bigint AND e.id = due.id
  RETURNING e.platform_id AS "platformId", e.id, e.kind, e.recipient, e.subject, e.body, e.attempts,
    e.created_at AS "createdAt", e.next_attempt_at AS "leaseUntil"`;

/** Only e-mails without a lease. */
const SET_ASIDE_SQL = `UPDATE emails e SET status = 'not_sent', completed_at = $2::timestamptz
  FROM (
    SELECT id FROM emails WHERE platform_id = $1::bigint AND status = 'pending' AND next_attempt_at <= $2::timestamptz
    ORDER BY next_attempt_at, id LIMIT $3::int FOR UPDATE SKIP LOCKED
  ) due
  WHERE e.platform_id = $1::bigint AND e.id = due.id
  RETURNING ${columns(Email, 'e', ['platformId', 'id', 'kind'])}`;

/**
 * A success is recorded even if the lease has passed to another process; a failure only by the current holder, because
 * another process may be sending the e-mail.
 */
const SETTLE_SQL = `UPDATE emails SET status = $4::text, last_error = COALESCE($5::text, last_error),
    next_attempt_at = COALESCE($6::timestamptz, next_attempt_at),
    completed_at = CASE WHEN $4::text = 'pending' THEN NULL ELSE $7::timestamptz END
  WHERE platform_id = $1::bigint AND id = $2::bigint AND status = 'pending'
    AND ($4::text = 'sent' OR next_attempt_at = $3::timestamptz)`;

/** The queue of e-mails and their leases. It does not know how they are sent. */
@Injectable()
export class EmailQueue {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  async enqueue(tx: EntityManager, platformId: string, emails: readonly NewEmail[]): Promise<void> {
    const now = this.clock.now();
    for (let from = 0; from < emails.length; from += ROWS_A_STATEMENT) {
      const some = emails.slice(from, from + ROWS_A_STATEMENT);
      await tx.query(ENQUEUE_SQL, [
        ...[platformId, now],
        some.map(({ eventId }) => eventId),
        some.map(({ kind }) => kind),
        some.map(({ objectId }) => objectId),
        some.map(({ recipient }) => recipient),
        some.map(({ subject }) => subject),
        some.map(({ body }) => body),
      ]);
    }
  }

  /** The platforms that have e-mails to be sent now, in an order that favours none. */
  async duePlatforms(): Promise<string[]> {
    const rows = await this.dataSource.query<{ platformId: string }[]>(
      `SELECT platform_id AS "platformId" FROM emails WHERE status = 'pending' AND next_attempt_at <= $1
       GROUP BY platform_id ORDER BY min(next_attempt_at) LIMIT $2`,
      [this.clock.now(), PLATFORMS_A_ROUND],
    );
    return rows.map(({ platformId }) => platformId);
  }

  /** Leases due e-mails, oldest first. No other process gets them before the lease ends. */
  async claim(platformId: string, limit: number, leaseMs: number): Promise<ClaimedEmail[]> {
    const now = this.clock.now();
    const lease = new Date(now.getTime() + leaseMs);
    const [rows] = await this.dataSource.query<[ClaimedEmail[], number]>(CLAIM_SQL, [
      ...[platformId, now, lease, limit],
    ]);
    return rows;
  }

  /** Marks due e-mails as not sent, because there is no mail server. */
  async setAside(platformId: string, limit: number): Promise<NamedEmail[]> {
    const [rows] = await this.dataSource.query<[NamedEmail[], number]>(SET_ASIDE_SQL, [
      ...[platformId, this.clock.now(), limit],
    ]);
    return rows;
  }

  /** Records the outcome of an attempt. */
  async settle({ platformId, id, leaseUntil }: ClaimedEmail, outcome: SendOutcome): Promise<void> {
    const { status, lastError, nextAttemptAt } = outcome;
    await this.dataSource.query(SETTLE_SQL, [
      ...[platformId, id, leaseUntil, status, lastError, nextAttemptAt, this.clock.now()],
    ]);
  }
}
