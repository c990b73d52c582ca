import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

export type CurrencyKind = 'fiat' | 'digital';

/** Reference data: an ISO 4217 currency, or a digital currency configured in this installation. */
@Entity('currencies')
@Unique('uq_currencies_code', ['code'])
@Check('ck_currencies_kind', `kind IN ('fiat', 'digital')`)
@Check('ck_currencies_decimals', `decimals BETWEEN 0 AND 8`)
@Check('ck_currencies_code', `code ~ '^[A-Z0-9]{3,10}$'`)
export class Currency {
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'pk_currencies' })
  id!: number;

  @Column({ type: 'text' })
  code!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  symbol!: string;

  /** Number of decimals: 2 means that 100 minor units are one major unit. */
  @Column({ type: 'smallint' })
  decimals!: number;

  @Column({ type: 'text' })
  kind!: CurrencyKind;

  @Column({ type: 'boolean' })
  enabled!: boolean;

  @Column({ name: 'swift_minimum_withdrawal_minor', type: 'bigint' })
  swiftMinimumWithdrawalMinor!: string;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
