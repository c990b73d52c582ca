import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * The key of the audit chains, encrypted under the pepper, with the heads of the chains at the time of its creation.
 */
@Entity('audit_keys')
@Check('ck_audit_keys_single', `id = 1`)
export class AuditKey {
  @PrimaryColumn({ type: 'smallint', primaryKeyConstraintName: 'pk_audit_keys' })
  id!: number;

  @Column({ type: 'bytea' })
  sealed!: Buffer;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
