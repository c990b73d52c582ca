import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A message of a KYC provider that was acted on, so that it is not acted on twice. */
@Entity('kyc_callbacks')
export class KycCallback {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'pk_kyc_callbacks' })
  provider!: string;

  @PrimaryColumn({ name: 'message_id', type: 'text', primaryKeyConstraintName: 'pk_kyc_callbacks' })
  messageId!: string;

  @Column({ name: 'received_at', type: 'timestamptz', precision: 3 })
  receivedAt!: Date;
}
