import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Platform } from './platform.entity.js';

export type WebhookStatus = 'active' | 'disabled';

/** A URL that receives events of a platform. */
@Entity('webhook_endpoints')
@Check('ck_webhook_endpoints_status', `status IN ('active', 'disabled')`)
@Check('ck_webhook_endpoints_previous', `(previous_secret IS NULL) = (previous_secret_expires_at IS NULL)`)
export class WebhookEndpoint {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_webhook_endpoints' })
  platformId!: string;

  @ManyToOne(() => Platform, { nullable: false })
  @JoinColumn({
    name: 'platform_id',
    referencedColumnName: 'id',
    foreignKeyConstraintName: 'fk_webhook_endpoints_platform',
  })
  platform!: Platform;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_webhook_endpoints' })
  id!: string;

  @Column({ type: 'text' })
  url!: string;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  /** Empty: every type. */
  @Column({ name: 'event_types', type: 'text', array: true })
  eventTypes!: string[];

  @Column({ type: 'text' })
  status!: WebhookStatus;

  @Column({ name: 'status_reason', type: 'text', nullable: true })
  statusReason!: string | null;

  /** Encrypted. */
  @Column({ type: 'bytea' })
  secret!: Buffer;

  /** Encrypted; also signs after a rotation, until `previousSecretExpiresAt`. */
  @Column({ name: 'previous_secret', type: 'bytea', nullable: true })
  previousSecret!: Buffer | null;

  @Column({ name: 'previous_secret_expires_at', type: 'timestamptz', precision: 3, nullable: true })
  previousSecretExpiresAt!: Date | null;

  /** Time of the first failed attempt since the last success; `null`: no attempt has failed since. */
  @Column({ name: 'failing_since', type: 'timestamptz', precision: 3, nullable: true })
  failingSince!: Date | null;

  @Column({ name: 'last_success_at', type: 'timestamptz', precision: 3, nullable: true })
  lastSuccessAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
