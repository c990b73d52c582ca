import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { AdminRole } from './admin.entity.js';
import { Platform } from './platform.entity.js';

/** What is written; a pending request may also have lapsed (`approval-list.ts`). */
export const APPROVAL_STATUSES = [
  'pending',
  'approved',
  'refused',
  'withdrawn',
  'expired',
  'ended',
  'stale',
] as const;
export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number];

/** A dangerous operation that one admin requests and another decides. */
@Entity('approval_requests')
@Index('uq_approval_requests_pending', ['platformId', 'action', 'objectId'], {
  unique: true,
  where: `status = 'pending' AND action NOT IN ('account.adjust', 'transfer.post', 'credential.issue')`,
})
@Check(
  'ck_approval_requests_status',
  `status IN ('pending', 'approved', 'refused', 'withdrawn', 'expired', 'ended', 'stale')`,
)
@Check('ck_approval_requests_decided', `(status IN ('approved', 'refused')) = (decided_by IS NOT NULL)`)
@Check('ck_approval_requests_summary', `status <> 'pending' OR summary IS NOT NULL`)
@Check('ck_approval_requests_second_person', `decided_by <> requested_by`)
export class ApprovalRequest {
  /** The tenant of the object that the act is about. */
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_approval_requests' })
  platformId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_approval_requests' })
  id!: string;

  @ManyToOne(() => Platform, { nullable: false })
  @JoinColumn({
    name: 'platform_id',
    referencedColumnName: 'id',
    foreignKeyConstraintName: 'fk_approval_requests_platform',
  })
  platform!: Platform;

  @Column({ type: 'text' })
  action!: string;

  @Column({ name: 'object_id', type: 'text' })
  objectId!: string;

  @Column({ type: 'jsonb' })
  payload!: object;

  /** `ApprovalSummary` as of the request; `null`: requested before there were summaries. */
  @Column({ type: 'jsonb', nullable: true })
  summary!: object | null;

  /** Prefixed ids of the objects that the request depends on. */
  @Column({ name: 'watched_objects', type: 'text', array: true })
  watchedObjects!: string[];

  /** The newest entry of the audit trail about one of them; 0: none. */
  @Column({ name: 'object_version', type: 'bigint' })
  objectVersion!: string;

  @Column({ type: 'text' })
  reason!: string;

  @Column({ type: 'text' })
  status!: ApprovalStatus;

  /** Admin id, as `decidedBy`. */
  @Column({ name: 'requested_by', type: 'bigint' })
  requestedBy!: string;

  @Column({ name: 'requested_by_name', type: 'text' })
  requestedByName!: string;

  /** The role in which it was requested; with another the request has ended. */
  @Column({ name: 'requested_role', type: 'text', nullable: true })
  requestedRole!: AdminRole | null;

  /** Credential id; when that credential ends, so does the request. */
  @Column({ name: 'requested_with', type: 'bigint', nullable: true })
  requestedWith!: string | null;

  @Column({ name: 'expires_at', type: 'timestamptz', precision: 3 })
  expiresAt!: Date;

  @Column({ name: 'requested_at', type: 'timestamptz', precision: 3 })
  requestedAt!: Date;

  @Column({ name: 'decided_by', type: 'bigint', nullable: true })
  decidedBy!: string | null;

  @Column({ name: 'decided_by_name', type: 'text', nullable: true })
  decidedByName!: string | null;

  @Column({ name: 'decided_at', type: 'timestamptz', precision: 3, nullable: true })
  decidedAt!: Date | null;

  @Column({ name: 'decision_reason', type: 'text', nullable: true })
  decisionReason!: string | null;

  /** The secret that the approval made, sealed until its requester collects it. */
  @Column({ name: 'sealed_secret', type: 'bytea', nullable: true })
  sealedSecret!: Buffer | null;

  @Column({ name: 'secret_collected_at', type: 'timestamptz', precision: 3, nullable: true })
  secretCollectedAt!: Date | null;
}
