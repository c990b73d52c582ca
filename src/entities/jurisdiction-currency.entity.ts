import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Currency } from './currency.entity.js';
import { Jurisdiction } from './jurisdiction.entity.js';

/** Reference data: a row exists for each currency that is enabled in a jurisdiction. */
@Entity('jurisdiction_currencies')
export class JurisdictionCurrency {
  @PrimaryColumn({
    name: 'jurisdiction_code',
    type: 'text',
    primaryKeyConstraintName: 'pk_jurisdiction_currencies',
  })
  jurisdictionCode!: string;

  @PrimaryColumn({
    name: 'currency_code',
    type: 'text',
    primaryKeyConstraintName: 'pk_jurisdiction_currencies',
  })
  currencyCode!: string;

  @ManyToOne(() => Jurisdiction, { nullable: false })
  @JoinColumn({
    name: 'jurisdiction_code',
    referencedColumnName: 'code',
    foreignKeyConstraintName: 'fk_jurisdiction_currencies_jurisdiction',
  })
  jurisdiction!: Jurisdiction;

  @ManyToOne(() => Currency, { nullable: false })
  @JoinColumn({
    name: 'currency_code',
    referencedColumnName: 'code',
    foreignKeyConstraintName: 'fk_jurisdiction_currencies_currency',
  })
  currency!: Currency;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
