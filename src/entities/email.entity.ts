import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { EventRecord } from './event.entity.js';

export const EMAIL_KINDS = ['account_funded', 'balance_low', 'address_confirmation'] as const;
export type EmailKind = (typeof EMAIL_KINDS)[number];
/** `not_sent`: no mail server was configured. */
export const EMAIL_STATUSES = ['pending', 'sent', 'not_sent', 'failed'] as const;
export type EmailStatus = (typeof EMAIL_STATUSES)[number];

/** An e-mail to one recipient. The row is kept, whether it was sent or not. */
@Entity('emails')
@Unique('uq_emails_event', ['platformId', 'eventId', 'kind', 'recipient'])
@Index('ix_emails_due', ['platformId', 'nextAttemptAt', 'id'], { where: `status = 'pending'` })
@Index('ix_emails_unsent', ['status'], { where: `status <> 'sent'` })
@Index('ix_emails_created_at', ['createdAt', 'id'])
@Index('ix_emails_object', ['platformId', 'objectId', 'id'])
@Check('ck_emails_kind', `kind IN ('account_funded', 'balance_low', 'address_confirmation')`)
@Check('ck_emails_status', `status IN ('pending', 'sent', 'not_sent', 'failed')`)
export class Email {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_emails' })
  platformId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_emails' })
  id!: string;

  @Column({ name: 'event_id', type: 'bigint' })
  eventId!: string;

  @ManyToOne(() => EventRecord, { nullable: false })
  @JoinColumn([
    { name: 'platform_id', referencedColumnName: 'platformId', foreignKeyConstraintName: 'fk_emails_event' },
    { name: 'event_id', referencedColumnName: 'id', foreignKeyConstraintName: 'fk_emails_event' },
  ])
  event!: EventRecord;

  @Column({ type: 'text' })
  kind!: EmailKind;

  /** Prefixed id of the account that the e-mail is about. */
  @Column({ name: 'object_id', type: 'text' })
  objectId!: string;

  @Column({ type: 'text' })
  recipient!: string;

  @Column({ type: 'text' })
  subject!: string;

  @Column({ type: 'text' })
  body!: string;

  @Column({ type: 'text' })
  status!: EmailStatus;

  /** Number of attempts since it was last queued, counted at the start of each. */
  @Column({ type: 'int' })
  attempts!: number;

  /** Time of the next attempt. During an attempt: the end of the lease, after which another process may claim it. */
  @Column({ name: 'next_attempt_at', type: 'timestamptz', precision: 3 })
  nextAttemptAt!: Date;

  /** Error of the last failed attempt. */
  @Column({ name: 'last_error', type: 'text', nullable: true })
  lastError!: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ name: 'completed_at', type: 'timestamptz', precision: 3, nullable: true })
  completedAt!: Date | null;
}
