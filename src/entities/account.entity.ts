import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { Currency } from './currency.entity.js';
import { Customer } from './customer.entity.js';
import { Product } from './product.entity.js';
import { Workspace } from './workspace.entity.js';

/** The APIs through which accounts are opened. */
export const OPENING_CHANNELS = ['owner', 'workspace', 'platform'] as const;
export type OpeningChannel = (typeof OPENING_CHANNELS)[number];

/**
 * The API through which an account was opened; each API returns only accounts of its own channel. `settlement` accounts
 * are the counterparty of deposits and withdrawals: one per platform and currency, opened by the bank itself.
 */
export const CHANNELS = [...OPENING_CHANNELS, 'settlement'] as const;
export type Channel = (typeof CHANNELS)[number];
export const ACCOUNT_STATUSES = ['active', 'frozen', 'disabled', 'closed'] as const;
export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];

/**
 * A currency account of one customer, or a platform's settlement account.
 *
 * One unique index per channel (`uq_accounts_owner_currency`, `uq_accounts_workspace_duplicate`,
 * `uq_accounts_account_identifier`) enforces the absence of duplicates; the `ck_accounts_<channel>` checks require the
 * columns of each channel.
 */
@Entity('accounts')
@Unique('uq_accounts_public_id', ['platformId', 'publicId'])
@Unique('uq_accounts_number', ['platformId', 'number'])
@Index('uq_accounts_owner_currency', ['platformId', 'customerId', 'currencyCode'], {
  unique: true,
  where: `channel = 'owner' AND status <> 'closed'`,
})
@Index('uq_accounts_workspace_duplicate', ['platformId', 'workspaceId', 'duplicateKey'], {
  unique: true,
  where: `channel = 'workspace' AND status <> 'closed'`,
})
@Index('uq_accounts_account_identifier', ['platformId', 'accountIdentifier'], {
  unique: true,
  where: `channel = 'platform'`,
})
@Index('ix_accounts_workspace_twins', ['platformId', 'workspaceId', 'currencyCode', 'productId', 'alias'], {
  where: `channel = 'workspace' AND status <> 'closed'`,
})
@Index('ix_accounts_customer', ['platformId', 'customerId', 'channel', 'id'])
@Index('ix_accounts_created_at', ['createdAt', 'id'])
@Index('ix_accounts_channel', ['platformId', 'channel', 'id'])
@Index('uq_accounts_settlement', ['platformId', 'currencyCode'], {
  unique: true,
  where: `channel = 'settlement'`,
})
@Check('ck_accounts_channel', `channel IN ('owner', 'workspace', 'platform', 'settlement')`)
@Check('ck_accounts_settlement', `(channel = 'settlement') = (customer_id IS NULL)`)
@Check('ck_accounts_status', `status IN ('active', 'frozen', 'disabled', 'closed')`)
@Check(
  'ck_accounts_workspace',
  `(channel = 'workspace') = (workspace_id IS NOT NULL AND product_id IS NOT NULL)`,
)
@Check(
  'ck_accounts_platform',
  `(channel = 'platform') = (account_identifier IS NOT NULL AND display_name IS NOT NULL AND contact_email IS NOT NULL)`,
)
@Check('ck_accounts_account_identifier', `account_identifier ~ '^[-0-9a-z]{5,100}$'`)
export class Account {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_accounts' })
  platformId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_accounts' })
  id!: string;

  /** `null`: a settlement account, which has no holder. */
  @Column({ name: 'customer_id', type: 'bigint', nullable: true })
  customerId!: string | null;

  @ManyToOne(() => Customer)
  @JoinColumn([
    {
      name: 'platform_id',
      referencedColumnName: 'platformId',
      foreignKeyConstraintName: 'fk_accounts_customer',
    },
    { name: 'customer_id', referencedColumnName: 'id', foreignKeyConstraintName: 'fk_accounts_customer' },
  ])
  customer!: Customer | null;

  @Column({ type: 'text' })
  channel!: Channel;

  /** `acc_…`, the owner API's identifier. */
  @Column({ name: 'public_id', type: 'text' })
  publicId!: string;

  /** Twelve digits; the last one is a check digit. */
  @Column({ type: 'text' })
  number!: string;

  @Column({ name: 'currency_code', type: 'text' })
  currencyCode!: string;

  @ManyToOne(() => Currency, { nullable: false })
  @JoinColumn({
    name: 'currency_code',
    referencedColumnName: 'code',
    foreignKeyConstraintName: 'fk_accounts_currency',
  })
  currency!: Currency;

  @Column({ type: 'text' })
  status!: AccountStatus;

  /** Reason of the last status change. */
  @Column({ name: 'status_reason', type: 'text', nullable: true })
  statusReason!: string | null;

  @Column({ name: 'status_changed_at', type: 'timestamptz', precision: 3, nullable: true })
  statusChangedAt!: Date | null;

  /** The admin that froze the account; `null`: not frozen by an admin. */
  @Column({ name: 'frozen_by', type: 'bigint', nullable: true })
  frozenBy!: string | null;

  @Column({ name: 'workspace_id', type: 'bigint', nullable: true })
  workspaceId!: string | null;

  @ManyToOne(() => Workspace)
  @JoinColumn([
    {
      name: 'platform_id',
      referencedColumnName: 'platformId',
      foreignKeyConstraintName: 'fk_accounts_workspace',
    },
    { name: 'workspace_id', referencedColumnName: 'id', foreignKeyConstraintName: 'fk_accounts_workspace' },
  ])
  workspace!: Workspace | null;

  @Column({ name: 'product_id', type: 'int', nullable: true })
  productId!: number | null;

  @ManyToOne(() => Product)
  @JoinColumn({
    name: 'product_id',
    referencedColumnName: 'id',
    foreignKeyConstraintName: 'fk_accounts_product',
  })
  product!: Product | null;

  /** Empty: no alias. Not null, so that the unique constraint treats two accounts without an alias as duplicates. */
  @Column({ type: 'text' })
  alias!: string;

  /** The value of the unique constraint, from the product's duplicate rule; `null`: duplicates are allowed. */
  @Column({ name: 'duplicate_key', type: 'text', nullable: true })
  duplicateKey!: string | null;

  @Column({ name: 'account_identifier', type: 'text', nullable: true })
  accountIdentifier!: string | null;

  @Column({ name: 'display_name', type: 'text', nullable: true })
  displayName!: string | null;

  @Column({ name: 'contact_email', type: 'text', nullable: true })
  contactEmail!: string | null;

  @Column({ name: 'funding_notification_emails', type: 'text', array: true })
  fundingNotificationEmails!: string[];

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
