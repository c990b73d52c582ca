import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Platform } from './platform.entity.js';

export type ApprovalStatus = 'pending' | 'approved' | 'refused';

/** A dangerous act that one admin asked for and another decides on. */
@Entity('approval_requests')
@Index('uq_approval_requests_pending', ['platformId', 'action', 'objectId'], {
  unique: true,
  where: `status = 'pending' AND action <> 'account.adjust'`,
})
@Check('ck_approval_requests_status', `status IN ('pending', 'approved', 'refused')`)
@Check('ck_approval_requests_decided', `(status = 'pending') = (decided_by IS NULL)`)
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
  payload!: Record<string, string | null>;

  @Column({ type: 'text' })
  reason!: string;

  @Column({ type: 'text' })
  status!: ApprovalStatus;

  /** Admin id, as `decidedBy`. */
  @Column({ name: 'requested_by', type: 'bigint' })
  requestedBy!: string;

  @Column({ name: 'requested_by_name', type: 'text' })
  requestedByName!: string;

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
}
