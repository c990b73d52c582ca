import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

export type KycMessageOutcome = 'counted' | 'refused';

/** A processed message of a KYC provider, stored so that each message is processed once. */
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

  /** SHA-256 of the body. `null`, as is `answer`: processed before responses were stored. */
  @Column({ name: 'body_hash', type: 'bytea', nullable: true })
  bodyHash!: Buffer | null;

  /** The stored response, encrypted because it contains customer data. */
  @Column({ type: 'bytea', nullable: true })
  answer!: Buffer | null;
}
