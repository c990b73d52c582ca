import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** An audit entry that still has to take its place in its platform's chain. */
@Entity('audit_unsealed')
export class AuditUnsealed {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_audit_unsealed' })
  platformId!: string;

  @PrimaryColumn({ name: 'entry_id', type: 'bigint', primaryKeyConstraintName: 'pk_audit_unsealed' })
  entryId!: string;
}

/** A link of a platform's chain: a hash over the link before and the entry (`audit-chain.ts`). */
@Entity('audit_seals')
@Unique('uq_audit_seals_entry', ['platformId', 'entryId'])
@Check('ck_audit_seals_version', `version IN (1, 2)`)
export class AuditSeal {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_audit_seals' })
  platformId!: string;

  /** From 1, without a gap. */
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_audit_seals' })
  position!: string;

  @Column({ name: 'entry_id', type: 'bigint' })
  entryId!: string;

  /** 1: SHA-256, from before there was a key; 2: HMAC-SHA-256. */
  @Column({ type: 'smallint' })
  version!: number;

  @Column({ type: 'bytea' })
  hash!: Buffer;
}
