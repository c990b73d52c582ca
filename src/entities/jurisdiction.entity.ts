import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** Reference data: a country by its ISO 3166-1 alpha-2 code. */
@Entity('jurisdictions')
@Check('ck_jurisdictions_code', `code ~ '^[A-Z]{2}$'`)
export class Jurisdiction {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_jurisdictions' })
  code!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
