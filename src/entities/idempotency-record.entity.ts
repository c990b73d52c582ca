import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Platform } from './platform.entity.js';

/** The stored response to the first request with an `Idempotency-Key`, kept for 24 hours. */
@Entity('idempotency_records')
@Index('ix_idempotency_records_expires_at', ['expiresAt'])
export class IdempotencyRecord {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_idempotency_records' })
  platformId!: string;

  /** The owner of the key: `credential:<id>` or `session:<id>`. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_idempotency_records' })
  scope!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_idempotency_records' })
  key!: string;

  @ManyToOne(() => Platform, { nullable: false })
  @JoinColumn({
    name: 'platform_id',
    referencedColumnName: 'id',
    foreignKeyConstraintName: 'fk_idempotency_records_platform',
  })
  platform!: Platform;

  /** SHA-256 of the request, to distinguish a retry from a different request with the same key. */
  @Column({ type: 'bytea' })
  fingerprint!: Buffer;

  /** The stored response, encrypted because it may contain tokens or personal data. */
  @Column({ type: 'bytea' })
  receipt!: Buffer;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz', precision: 3 })
  expiresAt!: Date;
}
