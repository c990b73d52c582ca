import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** Queue of audit entries that are not in their platform's chain yet. */
@Entity('audit_unsealed')
export class AuditUnsealed {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_audit_unsealed' })
  platformId!: string;

  @PrimaryColumn({ name: 'entry_id', type: 'bigint', primaryKeyConstraintName: 'pk_audit_unsealed' })
  entryId!: string;
}

/** A link of a platform's chain: a hash over the previous link and the entry (`audit-chain.ts`). */
@Entity('audit_seals')
@Unique('uq_audit_seals_entry', ['platformId', 'entryId'])
@Check('ck_audit_seals_version', `version IN (1, 2)`)
export class AuditSeal {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_audit_seals' })
  platformId!: string;

  /** From 1, without gaps. */
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_audit_seals' })
  position!: string;

  @Column({ name: 'entry_id', type: 'bigint' })
  entryId!: string;

  /** 1: SHA-256, from before the key was introduced; 2: HMAC-SHA-256. */
  @Column({ type: 'smallint' })
  version!: number;

  @Column({ type: 'bytea' })
  hash!: Buffer;
}
