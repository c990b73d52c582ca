import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { Admin } from './admin.entity.js';
import { Customer } from './customer.entity.js';
import { Platform } from './platform.entity.js';

export type CredentialKind = 'owner' | 'platform' | 'admin';

/**
 * An API key and the HMAC of its secret. A credential of the kind `owner` belongs to a customer, `admin` to an admin,
 * `platform` to the platform.
 */
@Entity('credentials')
@Unique('uq_credentials_key', ['platformId', 'key'])
@Index('ix_credentials_customer', ['platformId', 'customerId'])
@Check('ck_credentials_kind', `kind IN ('owner', 'platform', 'admin')`)
@Check('ck_credentials_admin', `(kind = 'admin') = (admin_id IS NOT NULL)`)
@Check('ck_credentials_previous', `(previous_secret_hash IS NULL) = (previous_secret_expires_at IS NULL)`)
@Check(
  'ck_credentials_rate_limit',
  `(rate_limit IS NULL) = (rate_limit_window_seconds IS NULL) AND rate_limit > 0 AND rate_limit_window_seconds > 0`,
)
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

  @Column({ name: 'admin_id', type: 'bigint', nullable: true })
  adminId!: string | null;

  @ManyToOne(() => Admin)
  @JoinColumn([
    {
      name: 'platform_id',
      referencedColumnName: 'platformId',
      foreignKeyConstraintName: 'fk_credentials_admin',
    },
    { name: 'admin_id', referencedColumnName: 'id', foreignKeyConstraintName: 'fk_credentials_admin' },
  ])
  admin!: Admin | null;

  /** Display name. */
  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  key!: string;

  /** HMAC-SHA-256 of the secret under the server's pepper. */
  @Column({ name: 'secret_hash', type: 'bytea' })
  secretHash!: Buffer;

  /** HMAC of the secret before the last rotation; valid until `previousSecretExpiresAt`. */
  @Column({ name: 'previous_secret_hash', type: 'bytea', nullable: true })
  previousSecretHash!: Buffer | null;

  @Column({ name: 'previous_secret_expires_at', type: 'timestamptz', precision: 3, nullable: true })
  previousSecretExpiresAt!: Date | null;

  @Column({ name: 'rotated_at', type: 'timestamptz', precision: 3, nullable: true })
  rotatedAt!: Date | null;

  /** Written periodically, so up to half a minute late. */
  @Column({ name: 'last_used_at', type: 'timestamptz', precision: 3, nullable: true })
  lastUsedAt!: Date | null;

  /** `null`: any currency. */
  @Column({ name: 'allowed_currencies', type: 'text', array: true, nullable: true })
  allowedCurrencies!: string[] | null;

  /** CIDR blocks that requests may come from; `null`: any address. */
  @Column({ name: 'allowed_networks', type: 'text', array: true, nullable: true })
  allowedNetworks!: string[] | null;

  /** Requests that it may send in a window of `rateLimitWindowSeconds`; `null`: as many as RATE_LIMIT_PER_CREDENTIAL. */
  @Column({ name: 'rate_limit', type: 'integer', nullable: true })
  rateLimit!: number | null;

  @Column({ name: 'rate_limit_window_seconds', type: 'integer', nullable: true })
  rateLimitWindowSeconds!: number | null;

  @Column({ type: 'text', array: true })
  scopes!: string[];

  @Column({ name: 'expires_at', type: 'timestamptz', precision: 3, nullable: true })
  expiresAt!: Date | null;

  @Column({ name: 'revoked_at', type: 'timestamptz', precision: 3, nullable: true })
  revokedAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
