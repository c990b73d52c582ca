import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

export type ActorKind = 'admin' | 'customer' | 'workspace' | 'platform' | 'provider' | 'system';
export type AuditOutcome = 'done' | 'refused';

/** One operation or one refusal. Append-only. */
@Entity('audit_entries')
@Index('ix_audit_entries_object', ['platformId', 'objectId', 'id'])
@Index('ix_audit_entries_occurred_at', ['occurredAt', 'id'])
@Index('ix_audit_entries_actor', ['platformId', 'actorId', 'id'])
@Check('ck_audit_entries_outcome', `outcome IN ('done', 'refused')`)
export class AuditEntry {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_audit_entries' })
  platformId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_audit_entries' })
  id!: string;

  @Column({ name: 'occurred_at', type: 'timestamptz', precision: 3 })
  occurredAt!: Date;

  @Column({ name: 'actor_kind', type: 'text' })
  actorKind!: ActorKind;

  @Column({ name: 'actor_id', type: 'text' })
  actorId!: string;

  @Column({ name: 'actor_name', type: 'text' })
  actorName!: string;

  @Column({ type: 'text' })
  action!: string;

  @Column({ type: 'text' })
  outcome!: AuditOutcome;

  @Column({ name: 'object_type', type: 'text' })
  objectType!: string;

  @Column({ name: 'object_id', type: 'text' })
  objectId!: string;

  @Column({ type: 'text', nullable: true })
  reason!: string | null;

  @Column({ name: 'request_id', type: 'text', nullable: true })
  requestId!: string | null;

  @Column({ name: 'state_before', type: 'jsonb', nullable: true })
  stateBefore!: unknown;

  @Column({ name: 'state_after', type: 'jsonb', nullable: true })
  stateAfter!: unknown;

  @Column({ type: 'jsonb', nullable: true })
  verdicts!: unknown;
}
