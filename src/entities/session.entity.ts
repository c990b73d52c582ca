import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Platform } from './platform.entity.js';
import { Workspace } from './workspace.entity.js';

/** A family of refresh tokens of the workspace API. Revoking the session ends its access tokens too. */
@Entity('sessions')
export class Session {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_sessions' })
  platformId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_sessions' })
  id!: string;

  @ManyToOne(() => Platform, { nullable: false })
  @JoinColumn({
    name: 'platform_id',
    referencedColumnName: 'id',
    foreignKeyConstraintName: 'fk_sessions_platform',
  })
  platform!: Platform;

  /** The workspace that the session is restricted to; `null`: every workspace of the platform. */
  @Column({ name: 'workspace_id', type: 'bigint', nullable: true })
  workspaceId!: string | null;

  @ManyToOne(() => Workspace)
  @JoinColumn([
    {
      name: 'platform_id',
      referencedColumnName: 'platformId',
      foreignKeyConstraintName: 'fk_sessions_workspace',
    },
    { name: 'workspace_id', referencedColumnName: 'id', foreignKeyConstraintName: 'fk_sessions_workspace' },
  ])
  workspace!: Workspace | null;

  @Column({ name: 'revoked_at', type: 'timestamptz', precision: 3, nullable: true })
  revokedAt!: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;
}
