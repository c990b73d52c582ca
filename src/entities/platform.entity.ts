import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { Jurisdiction } from './jurisdiction.entity.js';

export type PlatformStatus = 'pending' | 'verified' | 'suspended';
/** `delegated`: the platform's own KYC counts as evidence. `required`: the bank checks each customer itself. */
export type KycAgreement = 'delegated' | 'required';

/** The system tenant: the tenant of admins and of audit entries about reference data. */
export const SYSTEM_PLATFORM_ID = '0';

/** A tenant: an integrator with credentials. All tenant data belongs to exactly one platform. */
@Entity('platforms')
@Unique('uq_platforms_name', ['name'])
@Check('ck_platforms_status', `status IN ('pending', 'verified', 'suspended')`)
@Check('ck_platforms_house', `(id = 0) = (home_jurisdiction_code IS NULL)`)
@Check('ck_platforms_kyc_agreement', `kyc_agreement IN ('delegated', 'required')`)
export class Platform {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_platforms' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  status!: PlatformStatus;

  @Column({ name: 'kyc_agreement', type: 'text' })
  kycAgreement!: KycAgreement;

  /** `null` for the system tenant only. */
  @Column({ name: 'home_jurisdiction_code', type: 'text', nullable: true })
  homeJurisdictionCode!: string | null;

  @ManyToOne(() => Jurisdiction)
  @JoinColumn({
    name: 'home_jurisdiction_code',
    referencedColumnName: 'code',
    foreignKeyConstraintName: 'fk_platforms_home_jurisdiction',
  })
  homeJurisdiction!: Jurisdiction | null;

  /** Whether debits of a customer's accounts are refused after its KYC has expired. */
  @Column({ name: 'kyc_expiry_restricts_debits', type: 'boolean' })
  kycExpiryRestrictsDebits!: boolean;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
