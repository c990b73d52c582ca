import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { Platform } from './platform.entity.js';

/** Each role includes the permissions of the roles before it. */
export const ADMIN_ROLES = ['viewer', 'operator', 'approver'] as const;
export type AdminRole = (typeof ADMIN_ROLES)[number];
export const ADMIN_STATUSES = ['active', 'disabled'] as const;
export type AdminStatus = (typeof ADMIN_STATUSES)[number];
/** Roles that may post, each up to a limit. */
export const POSTING_ROLES = ['operator', 'approver'] as const satisfies readonly AdminRole[];
export type PostingRole = (typeof POSTING_ROLES)[number];

/** A person (or program) that operates the bank. Belongs to the system tenant, the platform with the id 0. */
@Entity('admins')
@Unique('uq_admins_name', ['platformId', 'name'])
@Check('ck_admins_house', `platform_id = 0`)
@Check('ck_admins_role', `role IN ('viewer', 'operator', 'approver')`)
@Check('ck_admins_status', `status IN ('active', 'disabled')`)
export class Admin {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_admins' })
  platformId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_admins' })
  id!: string;

  @ManyToOne(() => Platform, { nullable: false })
  @JoinColumn({
    name: 'platform_id',
    referencedColumnName: 'id',
    foreignKeyConstraintName: 'fk_admins_platform',
  })
  platform!: Platform;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  role!: AdminRole;

  @Column({ type: 'text' })
  status!: AdminStatus;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3 })
  updatedAt!: Date;
}
