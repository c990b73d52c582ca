import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

export type KycMessageOutcome = 'counted' | 'refused';

/** A genuine message of a KYC provider that was decided on, so that it is decided on once. */
@Entity('kyc_callbacks')
@Check('ck_kyc_callbacks_outcome', `outcome IN ('counted', 'refused')`)
export class KycCallback {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_kyc_callbacks' })
  provider!: string;

  @PrimaryColumn({ name: 'message_id', type: 'text', primaryKeyConstraintName: 'pk_kyc_callbacks' })
  messageId!: string;

  @Column({ name: 'received_at', type: 'timestamptz', precision: 3 })
  receivedAt!: Date;

  @Column({ type: 'text', default: 'counted' })
  outcome!: KycMessageOutcome;

  /** SHA-256 of the body; `null`, like the answer: it came before answers were kept. */
  @Column({ name: 'body_hash', type: 'bytea', nullable: true })
  bodyHash!: Buffer | null;

  /** Sealed: it names the customer. */
  @Column({ type: 'bytea', nullable: true })
  answer!: Buffer | null;
}
