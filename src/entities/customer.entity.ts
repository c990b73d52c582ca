import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { Jurisdiction } from './jurisdiction.entity.js';
import { Platform } from './platform.entity.js';

export const CUSTOMER_STATUSES = ['active', 'suspended'] as const;
export type CustomerStatus = (typeof CUSTOMER_STATUSES)[number];
export const KYC_STATUSES = ['not_started', 'pending', 'approved', 'rejected', 'expired'] as const;
export type KycStatus = (typeof KYC_STATUSES)[number];

/** The legal owner of accounts, on one platform. */
@Entity('customers')
@Unique('uq_customers_identifier', ['platformId', 'identifier'])
@Unique('uq_customers_display_name', ['platformId', 'displayName'])
@Index('ix_customers_kyc_expires_at', ['kycExpiresAt'], {
  where: `kyc_status IN ('approved', 'rejected')`,
})
@Index('ix_customers_email', ['platformId', 'email'])
@Check('ck_customers_status', `status IN ('active', 'suspended')`)
@Check(
  'ck_customers_kyc_status',
  `kyc_status IN ('not_started', 'pending', 'approved', 'rejected', 'expired')`,
)
@Check('ck_customers_kyc_round', `kyc_round >= 1 AND (kyc_round = 1) = (kyc_round_began_at IS NULL)`)
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

  /** The platform's own identifier of the customer. */
  @Column({ type: 'text' })
  identifier!: string;

  @Column({ name: 'display_name', type: 'text' })
  displayName!: string;

  @Column({ type: 'text', nullable: true })
  email!: string | null;

  @Column({ type: 'text' })
  status!: CustomerStatus;

  @Column({ name: 'kyc_status', type: 'text' })
  kycStatus!: KycStatus;

  /** Evidence of the decision, such as a provider's case number. */
  @Column({ name: 'kyc_evidence', type: 'text', nullable: true })
  kycEvidence!: string | null;

  /** The provider that last changed the case; `null`: an admin did. */
  @Column({ name: 'kyc_provider', type: 'text', nullable: true })
  kycProvider!: string | null;

  @Column({ name: 'kyc_reviewer', type: 'text', nullable: true })
  kycReviewer!: string | null;

  @Column({ name: 'kyc_reason', type: 'text', nullable: true })
  kycReason!: string | null;

  @Column({ name: 'kyc_decided_at', type: 'timestamptz', precision: 3, nullable: true })
  kycDecidedAt!: Date | null;

  /** When the decision expires; `null`: never. */
  @Column({ name: 'kyc_expires_at', type: 'timestamptz', precision: 3, nullable: true })
  kycExpiresAt!: Date | null;

  /** Number of the current KYC round, from 1; each `reopen` begins a new round. */
  @Column({ name: 'kyc_round', type: 'integer', default: 1 })
  kycRound!: number;

  /** When the current round began; `null`: it is the first round. */
  @Column({ name: 'kyc_round_began_at', type: 'timestamptz', precision: 3, nullable: true })
  kycRoundBeganAt!: Date | null;

  /** Whether debits of the customer's accounts are refused, because its KYC expired. */
  @Column({ name: 'debits_restricted', type: 'boolean' })
  debitsRestricted!: boolean;

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
