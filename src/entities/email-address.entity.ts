import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { Platform } from './platform.entity.js';

/** `unconfirmed`: it gets confirmation e-mails only. `unsubscribed`: it gets nothing. */
export const EMAIL_ADDRESS_STATUSES = ['unconfirmed', 'confirmed', 'unsubscribed'] as const;
export type EmailAddressStatus = (typeof EMAIL_ADDRESS_STATUSES)[number];

/** What the owner of an address has decided about the e-mails of one platform. */
@Entity('email_addresses')
@Unique('uq_email_addresses_address', ['platformId', 'address'])
@Index('ix_email_addresses_created_at', ['createdAt', 'id'])
@Check('ck_email_addresses_address', `address = lower(address COLLATE "C")`)
@Check('ck_email_addresses_status', `status IN ('unconfirmed', 'confirmed', 'unsubscribed')`)
@Check('ck_email_addresses_decided_at', `(status = 'unconfirmed') = (decided_at IS NULL)`)
@Check(
  'ck_email_addresses_confirmations',
  `confirmations >= 0 AND (confirmations = 0) = (confirmation_sent_at IS NULL)`,
)
export class EmailAddress {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_email_addresses' })
  platformId!: string;

  @ManyToOne(() => Platform, { nullable: false })
  @JoinColumn({
    name: 'platform_id',
    referencedColumnName: 'id',
    foreignKeyConstraintName: 'fk_email_addresses_platform',
  })
  platform!: Platform;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_email_addresses' })
  id!: string;

  /** ASCII letters in lower case, so that another spelling is the same address. */
  @Column({ type: 'text' })
  address!: string;

  @Column({ type: 'text' })
  status!: EmailAddressStatus;

  /** Number of confirmation e-mails. */
  @Column({ type: 'int' })
  confirmations!: number;

  /** Time of the last confirmation e-mail. */
  @Column({ name: 'confirmation_sent_at', type: 'timestamptz', precision: 3, nullable: true })
  confirmationSentAt!: Date | null;

  /** Time of the confirmation or of the unsubscription. */
  @Column({ name: 'decided_at', type: 'timestamptz', precision: 3, nullable: true })
  decidedAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
