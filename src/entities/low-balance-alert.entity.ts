import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { Account } from './account.entity.js';

/** The e-mail addresses to notify when an account's available balance falls below a threshold. */
@Entity('low_balance_alerts')
@Unique('uq_low_balance_alerts_display_name', ['platformId', 'accountId', 'displayName'])
@Check('ck_low_balance_alerts_threshold', `threshold_minor > 0 AND threshold_minor < 1000000000000000`)
export class LowBalanceAlert {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_low_balance_alerts' })
  platformId!: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_low_balance_alerts' })
  id!: string;

  @Column({ name: 'account_id', type: 'bigint' })
  accountId!: string;

  @ManyToOne(() => Account, { nullable: false })
  @JoinColumn([
    {
      name: 'platform_id',
      referencedColumnName: 'platformId',
      foreignKeyConstraintName: 'fk_low_balance_alerts_account',
    },
    {
      name: 'account_id',
      referencedColumnName: 'id',
      foreignKeyConstraintName: 'fk_low_balance_alerts_account',
    },
  ])
  account!: Account;

  @Column({ name: 'display_name', type: 'text' })
  displayName!: string;

  @Column({ name: 'threshold_minor', type: 'bigint' })
  thresholdMinor!: string;

  @Column({ type: 'text', array: true })
  emails!: string[];

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt!: Date;

  /** Time of the last notification; `null`: there was none. It limits how often the alert sends e-mails. */
  @Column({ name: 'notified_at', type: 'timestamptz', precision: 3, nullable: true })
  notifiedAt!: Date | null;
}
