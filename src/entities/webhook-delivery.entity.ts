import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { EventRecord } from './event.entity.js';
import { WebhookEndpoint } from './webhook-endpoint.entity.js';

export type DeliveryStatus = 'pending' | 'delivered' | 'exhausted';

/** The delivery of one event to one endpoint. */
@Entity('webhook_deliveries')
@Index('ix_webhook_deliveries_queue', ['platformId', 'endpointId', 'objectId', 'id'], {
  where: `status = 'pending'`,
})
@Index('ix_webhook_deliveries_due', ['platformId', 'endpointId', 'nextAttemptAt'], {
  where: `status = 'pending'`,
})
@Index('ix_webhook_deliveries_endpoint', ['platformId', 'endpointId', 'id'])
@Check('ck_webhook_deliveries_status', `status IN ('pending', 'delivered', 'exhausted')`)
@Check('ck_webhook_deliveries_completed', `(status = 'pending') = (completed_at IS NULL)`)
export class WebhookDelivery {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_webhook_deliveries' })
  platformId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_webhook_deliveries' })
  id!: string;

  @Column({ name: 'endpoint_id', type: 'bigint' })
  endpointId!: string;

  @ManyToOne(() => WebhookEndpoint, { nullable: false })
  @JoinColumn([
    {
      name: 'platform_id',
      referencedColumnName: 'platformId',
      foreignKeyConstraintName: 'fk_webhook_deliveries_endpoint',
    },
    {
      name: 'endpoint_id',
      referencedColumnName: 'id',
      foreignKeyConstraintName: 'fk_webhook_deliveries_endpoint',
    },
  ])
  endpoint!: WebhookEndpoint;

  @Column({ name: 'event_id', type: 'bigint' })
  eventId!: string;

  @ManyToOne(() => EventRecord, { nullable: false })
  @JoinColumn([
    {
      name: 'platform_id',
      referencedColumnName: 'platformId',
      foreignKeyConstraintName: 'fk_webhook_deliveries_event',
    },
    { name: 'event_id', referencedColumnName: 'id', foreignKeyConstraintName: 'fk_webhook_deliveries_event' },
  ])
  event!: EventRecord;

  /** The event’s object. Deliveries of one object to one endpoint are made in order. */
  @Column({ name: 'object_id', type: 'text' })
  objectId!: string;

  @Column({ type: 'text' })
  status!: DeliveryStatus;

  @Column({ type: 'int' })
  attempts!: number;

  /** When it is due. It also waits for earlier pending deliveries of the same endpoint and object. */
  @Column({ name: 'next_attempt_at', type: 'timestamptz', precision: 3 })
  nextAttemptAt!: Date;

  /** End of the lease of the process that tries it; `null`: no lease. */
  @Column({ name: 'claimed_until', type: 'timestamptz', precision: 3, nullable: true })
  claimedUntil!: Date | null;

  /** Time of the first failed attempt; reset when the endpoint is enabled again. */
  @Column({ name: 'failing_since', type: 'timestamptz', precision: 3, nullable: true })
  failingSince!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ name: 'completed_at', type: 'timestamptz', precision: 3, nullable: true })
  completedAt!: Date | null;
}

/** One attempt of a delivery: a call of the endpoint. */
@Entity('webhook_attempts')
@Index('ix_webhook_attempts_delivery', ['platformId', 'deliveryId', 'id'])
export class WebhookAttempt {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_webhook_attempts' })
  platformId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_webhook_attempts' })
  id!: string;

  @Column({ name: 'delivery_id', type: 'bigint' })
  deliveryId!: string;

  @ManyToOne(() => WebhookDelivery, { nullable: false })
  @JoinColumn([
    {
      name: 'platform_id',
      referencedColumnName: 'platformId',
      foreignKeyConstraintName: 'fk_webhook_attempts_delivery',
    },
    {
      name: 'delivery_id',
      referencedColumnName: 'id',
      foreignKeyConstraintName: 'fk_webhook_attempts_delivery',
    },
  ])
  delivery!: WebhookDelivery;

  @Column({ name: 'attempted_at', type: 'timestamptz', precision: 3 })
  attemptedAt!: Date;

  @Column({ name: 'duration_ms', type: 'int' })
  durationMs!: number;

  @Column({ name: 'http_status', type: 'int', nullable: true })
  httpStatus!: number | null;

  /** Why there was no response, or why it does not count as delivered; `null`: delivered. */
  @Column({ type: 'text', nullable: true })
  error!: string | null;
}
