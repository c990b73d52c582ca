import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { Customer } from './customer.entity.js';
import { Platform } from './platform.entity.js';

export type CredentialKind = 'owner' | 'platform' | 'admin';

/** A key and the fingerprint of its secret. `owner` ones belong to a customer, the others to the platform. */
@Entity('credentials')
@Unique('uq_credentials_key', ['platformId', 'key'])
@Index('ix_credentials_customer', ['platformId', 'customerId'])
@Check('ck_credentials_kind', `kind IN ('owner', 'platform', 'admin')`)
@Check('ck_credentials_owner', `(kind = 'owner') = (customer_id IS NOT NULL)`)
export class Credential {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_credentials' })
  platformId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_credentials' })
  id!: string;

  @ManyToOne(() => Platform, { nullable: false })
  @JoinColumn({
    name: 'platform_id',
    referencedColumnName: 'id',
    foreignKeyConstraintName: 'fk_credentials_platform',
  })
  platform!: Platform;

  @Column({ type: 'text' })
  kind!: CredentialKind;

  @Column({ name: 'customer_id', type: 'bigint', nullable: true })
  customerId!: string | null;

  @ManyToOne(() => Customer)
  @JoinColumn([
    {
      name: 'platform_id',
      referencedColumnName: 'platformId',
      foreignKeyConstraintName: 'fk_credentials_customer',
    },
    { name: 'customer_id', referencedColumnName: 'id', foreignKeyConstraintName: 'fk_credentials_customer' },
  ])
  customer!: Customer | null;

  @Column({ type: 'text' })
  key!: string;

  /** HMAC-SHA-256 of the secret under the server's pepper. */
  @Column({ name: 'secret_hash', type: 'bytea' })
  secretHash!: Buffer;

  @Column({ type: 'text', array: true })
  scopes!: string[];

  @Column({ name: 'expires_at', type: 'timestamptz', precision: 3, nullable: true })
  expiresAt!: Date | null;

  @Column({ name: 'revoked_at', type: 'timestamptz', precision: 3, nullable: true })
  revokedAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
