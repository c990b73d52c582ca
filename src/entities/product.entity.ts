import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { Currency } from './currency.entity.js';

export type ProductStatus = 'available' | 'retired';

/**
 * Which accounts count as duplicates within a workspace: those with the same currency, those with the same product and
 * alias, or none.
 */
export const DUPLICATE_RULES = ['one_per_currency', 'one_per_product_and_alias', 'unlimited'] as const;
export type DuplicateRule = (typeof DUPLICATE_RULES)[number];

/** Reference data of the system tenant: a kind of account in one currency that a workspace may open. */
@Entity('products')
@Unique('uq_products_name', ['name'])
@Check('ck_products_status', `status IN ('available', 'retired')`)
@Check(
  'ck_products_duplicate_rule',
  `duplicate_rule IN ('one_per_currency', 'one_per_product_and_alias', 'unlimited')`,
)
@Check('ck_products_account_type', `account_type = 'CACC'`)
@Check('ck_products_cap', `max_accounts_per_customer > 0`)
export class Product {
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'pk_products' })
  id!: number;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  description!: string;

  @Column({ name: 'currency_code', type: 'text' })
  currencyCode!: string;

  @ManyToOne(() => Currency, { nullable: false })
  @JoinColumn({
    name: 'currency_code',
    referencedColumnName: 'code',
    foreignKeyConstraintName: 'fk_products_currency',
  })
  currency!: Currency;

  /** ISO 20022 ExternalCashAccountType1Code; `CACC` is a current account. */
  @Column({ name: 'account_type', type: 'text' })
  accountType!: 'CACC';

  @Column({ type: 'text' })
  status!: ProductStatus;

  /** `null`: no cap. Closed accounts do not count. */
  @Column({ name: 'max_accounts_per_customer', type: 'int', nullable: true })
  maxAccountsPerCustomer!: number | null;

  @Column({ name: 'duplicate_rule', type: 'text' })
  duplicateRule!: DuplicateRule;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
