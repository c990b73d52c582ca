import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { AdminRole } from './admin.entity.js';
import { Platform } from './platform.entity.js';

/** The stored status. A request stored as `pending` may have lapsed already (`approval-list.ts`). */
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

/** A request of one admin for a dangerous effect, which another admin decides on. */
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
  /** The tenant of the object that the effect is about. */
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

  /** `ApprovalSummary` at the time of the request; `null`: a request from before summaries were introduced. */
  @Column({ type: 'jsonb', nullable: true })
  summary!: object | null;

  /** Prefixed ids of the objects that the request depends on: a change of one makes it stale. */
  @Column({ name: 'watched_objects', type: 'text', array: true })
  watchedObjects!: string[];

  /** Id of the newest audit entry about one of the watched objects at the time of the request; 0: none. */
  @Column({ name: 'object_version', type: 'bigint' })
  objectVersion!: string;

  @Column({ type: 'text' })
  reason!: string;

  @Column({ type: 'text' })
  status!: ApprovalStatus;

  /** Admin id, as is `decidedBy`. */
  @Column({ name: 'requested_by', type: 'bigint' })
  requestedBy!: string;

  @Column({ name: 'requested_by_name', type: 'text' })
  requestedByName!: string;

  /** The requester's role at the time of the request; a change of it ends the request. */
  @Column({ name: 'requested_role', type: 'text', nullable: true })
  requestedRole!: AdminRole | null;

  /** Id of the requester's credential; its revocation or expiry ends the request. */
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

  /** The encrypted secret that the effect created, until the requester collects it. */
  @Column({ name: 'sealed_secret', type: 'bytea', nullable: true })
  sealedSecret!: Buffer | null;

  @Column({ name: 'secret_collected_at', type: 'timestamptz', precision: 3, nullable: true })
  secretCollectedAt!: Date | null;
}
