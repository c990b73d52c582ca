import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { PostingRole } from './admin.entity.js';
import { Currency } from './currency.entity.js';

/**
 * The amount that an admin with a role may post in a currency without an approval. Without a row the default applies.
 */
@Entity('posting_limits')
@Check('ck_posting_limits_role', `role IN ('operator', 'approver')`)
@Check('ck_posting_limits_range', `limit_minor >= 0 AND limit_minor < 1000000000000000`)
export class PostingLimit {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_posting_limits' })
  role!: PostingRole;

  @PrimaryColumn({ name: 'currency_code', type: 'text', primaryKeyConstraintName: 'pk_posting_limits' })
  currencyCode!: string;

  @ManyToOne(() => Currency, { nullable: false })
  @JoinColumn({
    name: 'currency_code',
    referencedColumnName: 'code',
    foreignKeyConstraintName: 'fk_posting_limits_currency',
  })
  currency!: Currency;

  @Column({ name: 'limit_minor', type: 'bigint' })
  limitMinor!: string;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
