import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { Jurisdiction } from './jurisdiction.entity.js';
import { Platform } from './platform.entity.js';

export type CustomerStatus = 'active' | 'suspended';
export type KycStatus = 'not_started' | 'pending' | 'approved' | 'rejected' | 'expired';

/** The legal owner of accounts, under one platform. */
@Entity('customers')
@Unique('uq_customers_identifier', ['platformId', 'identifier'])
@Unique('uq_customers_display_name', ['platformId', 'displayName'])
@Check('ck_customers_status', `status IN ('active', 'suspended')`)
@Check(
  'ck_customers_kyc_status',
  `kyc_status IN ('not_started', 'pending', 'approved', 'rejected', 'expired')`,
)
@Check('ck_customers_kyc_evidence', `kyc_status <> 'approved' OR kyc_evidence IS NOT NULL`)
export class Customer {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_customers' })
  platformId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_customers' })
  id!: string;

  @ManyToOne(() => Platform, { nullable: false })
  @JoinColumn({
    name: 'platform_id',
    referencedColumnName: 'id',
    foreignKeyConstraintName: 'fk_customers_platform',
  })
  platform!: Platform;

  /** The platform's own name for this customer. */
  @Column({ type: 'text' })
  identifier!: string;

  @Column({ name: 'display_name', type: 'text' })
  displayName!: string;

  @Column({ type: 'text' })
  status!: CustomerStatus;

  @Column({ name: 'kyc_status', type: 'text' })
  kycStatus!: KycStatus;

  /** What the decision rests on, such as a provider's case number. */
  @Column({ name: 'kyc_evidence', type: 'text', nullable: true })
  kycEvidence!: string | null;

  @Column({ name: 'country_of_residence', type: 'text', nullable: true })
  countryOfResidence!: string | null;

  @Column({ name: 'jurisdiction_override', type: 'text', nullable: true })
  jurisdictionOverride!: string | null;

  @ManyToOne(() => Jurisdiction)
  @JoinColumn({
    name: 'jurisdiction_override',
    referencedColumnName: 'code',
    foreignKeyConstraintName: 'fk_customers_jurisdiction_override',
  })
  override!: Jurisdiction | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
