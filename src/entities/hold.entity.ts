import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Balance } from './balance.entity.js';

export const HOLD_STATUSES = ['active', 'captured', 'released', 'expired'] as const;
export type HoldStatus = (typeof HOLD_STATUSES)[number];

/**
 * An amount reserved on an account: captured in part or whole, released, or expired. The remaining amount is locked.
 */
@Entity('holds')
@Index('uq_holds_reference', ['platformId', 'reference'], { unique: true, where: `reference IS NOT NULL` })
@Index('ix_holds_account', ['platformId', 'accountId', 'id'])
@Index('ix_holds_expires_at', ['expiresAt'], { where: `status = 'active'` })
@Check('ck_holds_status', `status IN ('active', 'captured', 'released', 'expired')`)
@Check(
  'ck_holds_amounts',
  `amount_minor > 0 AND amount_minor < 1000000000000000 AND captured_minor >= 0 AND released_minor >= 0 AND remaining_minor >= 0`,
)
@Check('ck_holds_sum', `captured_minor + released_minor + remaining_minor = amount_minor`)
@Check('ck_holds_active', `(status = 'active') = (remaining_minor > 0)`)
export class Hold {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_holds' })
  platformId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_holds' })
  id!: string;

  @Column({ name: 'account_id', type: 'bigint' })
  accountId!: string;

  @Column({ name: 'currency_code', type: 'text' })
  currencyCode!: string;

  @ManyToOne(() => Balance, { nullable: false })
  @JoinColumn([
    { name: 'platform_id', referencedColumnName: 'platformId', foreignKeyConstraintName: 'fk_holds_account' },
    { name: 'account_id', referencedColumnName: 'accountId', foreignKeyConstraintName: 'fk_holds_account' },
    {
      name: 'currency_code',
      referencedColumnName: 'currencyCode',
      foreignKeyConstraintName: 'fk_holds_account',
    },
  ])
  balance!: Balance;

  @Column({ name: 'amount_minor', type: 'bigint' })
  amountMinor!: string;

  @Column({ name: 'captured_minor', type: 'bigint' })
  capturedMinor!: string;

  /** Released on request, by a final capture, or by expiry. */
  @Column({ name: 'released_minor', type: 'bigint' })
  releasedMinor!: string;

  @Column({ name: 'remaining_minor', type: 'bigint' })
  remainingMinor!: string;

  @Column({ type: 'text' })
  status!: HoldStatus;

  @Column({ name: 'expires_at', type: 'timestamptz', precision: 3, nullable: true })
  expiresAt!: Date | null;

  /** The caller’s own reference, unique among the holds of the platform. */
  @Column({ type: 'text', nullable: true })
  reference!: string | null;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ type: 'jsonb' })
  metadata!: Record<string, string>;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
