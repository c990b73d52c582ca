import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** An audit entry that still has to take its place in its platform's chain. */
@Entity('audit_unsealed')
export class AuditUnsealed {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_audit_unsealed' })
  platformId!: string;

  @PrimaryColumn({ name: 'entry_id', type: 'bigint', primaryKeyConstraintName: 'pk_audit_unsealed' })
  entryId!: string;
}

/** A link of a platform's chain: SHA-256 over the link before and the entry. */
@Entity('audit_seals')
@Unique('uq_audit_seals_entry', ['platformId', 'entryId'])
export class AuditSeal {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_audit_seals' })
  platformId!: string;

  /** From 1, without a gap. */
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_audit_seals' })
  position!: string;

  @Column({ name: 'entry_id', type: 'bigint' })
  entryId!: string;

  @Column({ type: 'bytea' })
  hash!: Buffer;
}
