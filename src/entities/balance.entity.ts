import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { Account } from './account.entity.js';

/**
 * The balance of an account, in minor units of its currency. Available balance = posted balance - locked amount; only a
 * settlement account may be negative.
 */
@Entity('balances')
@Unique('uq_balances_currency', ['platformId', 'accountId', 'currencyCode'])
@Check('ck_balances_posted_range', `posted_minor > -1000000000000000 AND posted_minor < 1000000000000000`)
@Check('ck_balances_locked_range', `locked_minor >= 0 AND locked_minor < 1000000000000000`)
@Check('ck_balances_available', `may_be_negative OR posted_minor - locked_minor >= 0`)
export class Balance {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_balances' })
  platformId!: string;

  @PrimaryColumn({ name: 'account_id', type: 'bigint', primaryKeyConstraintName: 'pk_balances' })
  accountId!: string;

  /** The id in the workspace API. */
  @Column({ type: 'bigint' })
  id!: string;

  @ManyToOne(() => Account, { nullable: false })
  @JoinColumn([
    {
      name: 'platform_id',
      referencedColumnName: 'platformId',
      foreignKeyConstraintName: 'fk_balances_account',
    },
    { name: 'account_id', referencedColumnName: 'id', foreignKeyConstraintName: 'fk_balances_account' },
  ])
  account!: Account;

  @Column({ name: 'currency_code', type: 'text' })
  currencyCode!: string;

  @Column({ name: 'may_be_negative', type: 'boolean' })
  mayBeNegative!: boolean;

  @Column({ name: 'posted_minor', type: 'bigint' })
  postedMinor!: string;

  @Column({ name: 'locked_minor', type: 'bigint' })
  lockedMinor!: string;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  /** Time of the last change; never earlier than the last posting. */
  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
