import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An event for delivery by webhooks and mail (transactional outbox). Written in the transaction that causes it. */
@Entity('events')
@Index('ix_events_undispatched', ['platformId', 'id'], { where: `dispatched_at IS NULL` })
@Index('ix_events_object', ['platformId', 'objectId', 'id'])
@Index('ix_events_occurred_at', ['occurredAt'], { type: 'brin' })
export class EventRecord {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_events' })
  platformId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_events' })
  id!: string;

  /** Such as `transfer.posted`. */
  @Column({ type: 'text' })
  type!: string;

  /** Prefixed id; events of one object are delivered in the order of their ids. */
  @Column({ name: 'object_id', type: 'text' })
  objectId!: string;

  @Column({ type: 'jsonb' })
  data!: unknown;

  @Column({ name: 'occurred_at', type: 'timestamptz', precision: 3 })
  occurredAt!: Date;

  /** When its webhook deliveries and e-mails were queued; `null`: not yet. */
  @Column({ name: 'dispatched_at', type: 'timestamptz', precision: 3, nullable: true })
  dispatchedAt!: Date | null;
}
