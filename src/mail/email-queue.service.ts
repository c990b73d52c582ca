import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { columns } from '../database/columns.js';
import { Email, type EmailKind, type EmailStatus } from '../entities/email.entity.js';
import { Clock } from '../shared/clock.js';
import type { TenantObject } from '../shared/object-id.js';
import { addressKeySql } from './address-key.js';
import type { EmailContent } from './email-templates.js';

/** A new e-mail to one recipient. */
export interface NewEmail extends EmailContent {
  eventId: string;
  /** `acc_…`: the account that the e-mail is about. */
  objectId: string;
  recipient: string;
}

/** An e-mail on which one mailer holds a lease. */
export interface ClaimedEmail extends TenantObject {
  kind: EmailKind;
  recipient: string;
  subject: string;
  body: string;
  /** Number of attempts, including the current one. */
  attempts: number;
  createdAt: Date;
  /** End of the lease. It identifies the lease: every later lease ends later. */
  leaseUntil: Date;
  /** Whether the recipient has unsubscribed since the e-mail was created. */
  isUnsubscribed: boolean;
}

/** The fields of an e-mail that may be logged. */
export type NamedEmail = Pick<ClaimedEmail, 'platformId' | 'id' | 'kind'>;

/** The outcome of an attempt. */
export interface SendOutcome {
  status: Exclude<EmailStatus, 'not_sent'>;
  lastError: string | null;
  /** Time of the next attempt when the status is `pending`, else `null`. */
  nextAttemptAt: Date | null;
}

const PLATFORMS_A_ROUND = 100;
const ROWS_A_STATEMENT = 1_000;

/** When a dispatch is repeated, the e-mail of the same event, kind and recipient exists already and is skipped. */
const ENQUEUE_SQL = `INSERT INTO emails (platform_id, id, event_id, kind, object_id, recipient, subject, body, status,
    attempts, next_attempt_at, created_at)
  SELECT $1::bigint, nextval('emails_id_seq'), event, kind, object, recipient, subject, body, 'pending', 0,
    $2::timestamptz, $2::timestamptz
  FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
    WITH ORDINALITY AS letter(event, kind, object, recipient, subject, body, number)
  ORDER BY number
  ON CONFLICT ON CONSTRAINT uq_emails_event DO NOTHING`;

/** Claims due e-mails. SKIP LOCKED skips the rows that another process is claiming. */
const CLAIM_SQL = `UPDATE emails e SET attempts = e.attempts + 1, next_attempt_at = $3::timestamptz
  FROM (
    SELECT id FROM emails WHERE platform_id = $1::bigint AND status = 'pending' AND next_attempt_at <= $2::timestamptz
    ORDER BY next_attempt_at, id LIMIT $4::int FOR UPDATE SKIP LOCKED
  ) due
  WHERE e.platform_id = $1::bigint AND e.id = due.id
  RETURNING e.platform_id AS "platformId", e.id, e.kind, e.recipient, e.subject, e.body, e.attempts,
    e.created_at AS "createdAt", e.next_attempt_at AS "leaseUntil",
    EXISTS (
      SELECT FROM email_addresses known WHERE known.platform_id = e.platform_id
        AND known.address = ${addressKeySql('e.recipient')} AND known.status = 'unsubscribed'
    ) AS "isUnsubscribed"`;

/** Marks due e-mails as `not_sent`. An e-mail with an active lease is not due. */
const SET_ASIDE_SQL = `UPDATE emails e SET status = 'not_sent', completed_at = $2::timestamptz
  FROM (
    SELECT id FROM emails WHERE platform_id = $1::bigint AND status = 'pending' AND next_attempt_at <= $2::timestamptz
    ORDER BY next_attempt_at, id LIMIT $3::int FOR UPDATE SKIP LOCKED
  ) due
  WHERE e.platform_id = $1::bigint AND e.id = due.id
  RETURNING ${columns(Email, 'e', ['platformId', 'id', 'kind'])}`;

/**
 * The status `sent` is written even after the lease has expired, because it is final. Every other outcome is written
 * only by the holder of the lease, because the next holder may be sending the e-mail.
 */
const SETTLE_SQL = `UPDATE emails SET status = $4::text, last_error = COALESCE($5::text, last_error),
    next_attempt_at = COALESCE($6::timestamptz, next_attempt_at),
    completed_at = CASE WHEN $4::text = 'pending' THEN NULL ELSE $7::timestamptz END
  WHERE platform_id = $1::bigint AND id = $2::bigint AND status = 'pending'
    AND ($4::text = 'sent' OR next_attempt_at = $3::timestamptz)`;

/** The queue of e-mails and the leases on them. It does not send. */
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

  /** The platforms that have due e-mails, the one with the oldest due e-mail first. */
  async duePlatforms(): Promise<string[]> {
    const rows = await this.dataSource.query<{ platformId: string }[]>(
      `SELECT platform_id AS "platformId" FROM emails WHERE status = 'pending' AND next_attempt_at <= $1
       GROUP BY platform_id ORDER BY min(next_attempt_at) LIMIT $2`,
      [this.clock.now(), PLATFORMS_A_ROUND],
    );
    return rows.map(({ platformId }) => platformId);
  }

  /** Claims due e-mails, oldest first. No other process can claim them before the lease ends. */
  async claim(platformId: string, limit: number, leaseMs: number): Promise<ClaimedEmail[]> {
    const now = this.clock.now();
    const lease = new Date(now.getTime() + leaseMs);
    const [rows] = await this.dataSource.query<[ClaimedEmail[], number]>(CLAIM_SQL, [
      ...[platformId, now, lease, limit],
    ]);
    return rows;
  }

  /** Marks due e-mails as `not_sent`, because no mail server is configured. */
  async setAside(platformId: string, limit: number): Promise<NamedEmail[]> {
    const [rows] = await this.dataSource.query<[NamedEmail[], number]>(SET_ASIDE_SQL, [
      ...[platformId, this.clock.now(), limit],
    ]);
    return rows;
  }

  /** Writes the outcome of an attempt. */
  async settle({ platformId, id, leaseUntil }: ClaimedEmail, outcome: SendOutcome): Promise<void> {
    const { status, lastError, nextAttemptAt } = outcome;
    await this.dataSource.query(SETTLE_SQL, [
      ...[platformId, id, leaseUntil, status, lastError, nextAttemptAt, this.clock.now()],
    ]);
  }
}
