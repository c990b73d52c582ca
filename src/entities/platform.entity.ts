import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { Jurisdiction } from './jurisdiction.entity.js';

export type PlatformStatus = 'pending' | 'verified' | 'suspended';
/** `delegated`: the platform's own KYC counts as evidence. `required`: each customer goes through ours. */
export type KycAgreement = 'delegated' | 'required';

/** A tenant: an integrator with credentials. Everything belongs to exactly one platform. */
@Entity('platforms')
@Unique('uq_platforms_name', ['name'])
@Check('ck_platforms_status', `status IN ('pending', 'verified', 'suspended')`)
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

  @Column({ name: 'home_jurisdiction_code', type: 'text' })
  homeJurisdictionCode!: string;

  @ManyToOne(() => Jurisdiction, { nullable: false })
  @JoinColumn({
    name: 'home_jurisdiction_code',
    referencedColumnName: 'code',
    foreignKeyConstraintName: 'fk_platforms_home_jurisdiction',
  })
  homeJurisdiction!: Jurisdiction;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
