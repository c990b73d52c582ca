import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Balance } from './balance.entity.js';
import { Hold } from './hold.entity.js';

export const TRANSFER_KINDS = [
  'transfer',
  'deposit',
  'withdrawal',
  'capture',
  'adjustment',
  'reversal',
] as const;
export type TransferKind = (typeof TRANSFER_KINDS)[number];

/**
 * Matches transfers with an effective date other than their date of posting. Queries must use this exact text, so that
 * the planner can use the partial indexes.
 */
export const OTHER_DAY_SQL = `effective_date <> (posted_at AT TIME ZONE 'UTC')::date`;

/**
 * A transfer of one amount from one account to another, with both posted balances after it. One row is a complete
 * double entry, so it is always balanced. Rows are append-only; a transfer is reversed by another transfer.
 *
 * Ids are assigned while both balances are locked, so an account's transfers are in the order of their ids.
 */
@Entity('transfers')
@Index('uq_transfers_reference', ['platformId', 'reference'], {
  unique: true,
  where: `reference IS NOT NULL`,
})
@Index('uq_transfers_reverses', ['platformId', 'reversesId'], {
  unique: true,
  where: `reverses_id IS NOT NULL`,
})
@Index('ix_transfers_debit', ['platformId', 'debitAccountId', 'postedAt', 'id'])
@Index('ix_transfers_credit', ['platformId', 'creditAccountId', 'postedAt', 'id'])
@Index('ix_transfers_hold', ['platformId', 'holdId', 'id'], { where: `hold_id IS NOT NULL` })
@Index('ix_transfers_debit_day', ['platformId', 'debitAccountId', 'effectiveDate'], { where: OTHER_DAY_SQL })
@Index('ix_transfers_credit_day', ['platformId', 'creditAccountId', 'effectiveDate'], {
  where: OTHER_DAY_SQL,
})
@Index('ix_transfers_legs', ['platformId', 'journalId', 'id'], { where: `journal_id <> id` })
@Check(
  'ck_transfers_kind',
  `kind IN ('transfer', 'deposit', 'withdrawal', 'capture', 'adjustment', 'reversal')`,
)
@Check('ck_transfers_amount', `amount_minor > 0 AND amount_minor < 1000000000000000`)
@Check('ck_transfers_accounts', `debit_account_id <> credit_account_id`)
@Check('ck_transfers_reversal', `(kind = 'reversal') = (reverses_id IS NOT NULL)`)
@Check('ck_transfers_capture', `(kind = 'capture') = (hold_id IS NOT NULL)`)
export class Transfer {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_transfers' })
  platformId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_transfers' })
  id!: string;

  /** Id of the first transfer of the journal, which may be this one. */
  @Column({ name: 'journal_id', type: 'bigint' })
  journalId!: string;

  @Column({ type: 'text' })
  kind!: TransferKind;

  /** The debited account. */
  @Column({ name: 'debit_account_id', type: 'bigint' })
  debitAccountId!: string;

  @ManyToOne(() => Balance, { nullable: false })
  @JoinColumn([
    {
      name: 'platform_id',
      referencedColumnName: 'platformId',
      foreignKeyConstraintName: 'fk_transfers_debit',
    },
    {
      name: 'debit_account_id',
      referencedColumnName: 'accountId',
      foreignKeyConstraintName: 'fk_transfers_debit',
    },
    {
      name: 'currency_code',
      referencedColumnName: 'currencyCode',
      foreignKeyConstraintName: 'fk_transfers_debit',
    },
  ])
  debit!: Balance;

  /** The credited account. */
  @Column({ name: 'credit_account_id', type: 'bigint' })
  creditAccountId!: string;

  @ManyToOne(() => Balance, { nullable: false })
  @JoinColumn([
    {
      name: 'platform_id',
      referencedColumnName: 'platformId',
      foreignKeyConstraintName: 'fk_transfers_credit',
    },
    {
      name: 'credit_account_id',
      referencedColumnName: 'accountId',
      foreignKeyConstraintName: 'fk_transfers_credit',
    },
    {
      name: 'currency_code',
      referencedColumnName: 'currencyCode',
      foreignKeyConstraintName: 'fk_transfers_credit',
    },
  ])
  credit!: Balance;

  @Column({ name: 'currency_code', type: 'text' })
  currencyCode!: string;

  @Column({ name: 'amount_minor', type: 'bigint' })
  amountMinor!: string;

  /** Posted balance of the debited account after the transfer. */
  @Column({ name: 'debit_posted_minor', type: 'bigint' })
  debitPostedMinor!: string;

  /** Posted balance of the credited account after the transfer. */
  @Column({ name: 'credit_posted_minor', type: 'bigint' })
  creditPostedMinor!: string;

  @Column({ name: 'posted_at', type: 'timestamptz', precision: 3 })
  postedAt!: Date;

  /** The effective date, which may differ from the date of posting. */
  @Column({ name: 'effective_date', type: 'date' })
  effectiveDate!: string;

  /** The caller’s own reference, unique on the platform. */
  @Column({ type: 'text', nullable: true })
  reference!: string | null;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ type: 'jsonb' })
  metadata!: Record<string, string>;

  @Column({ name: 'reverses_id', type: 'bigint', nullable: true })
  reversesId!: string | null;

  @ManyToOne(() => Transfer)
  @JoinColumn([
    {
      name: 'platform_id',
      referencedColumnName: 'platformId',
      foreignKeyConstraintName: 'fk_transfers_reverses',
    },
    { name: 'reverses_id', referencedColumnName: 'id', foreignKeyConstraintName: 'fk_transfers_reverses' },
  ])
  reverses!: Transfer | null;

  @Column({ name: 'hold_id', type: 'bigint', nullable: true })
  holdId!: string | null;

  @ManyToOne(() => Hold)
  @JoinColumn([
    {
      name: 'platform_id',
      referencedColumnName: 'platformId',
      foreignKeyConstraintName: 'fk_transfers_hold',
    },
    { name: 'hold_id', referencedColumnName: 'id', foreignKeyConstraintName: 'fk_transfers_hold' },
  ])
  hold!: Hold | null;
}
