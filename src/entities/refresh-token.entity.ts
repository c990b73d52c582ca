import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Session } from './session.entity.js';

/** A refresh token is valid for one use. A second use revokes its whole session. */
@Entity('refresh_tokens')
@Index('ix_refresh_tokens_session', ['platformId', 'sessionId'])
export class RefreshToken {
  @PrimaryColumn({ name: 'platform_id', type: 'bigint', primaryKeyConstraintName: 'pk_refresh_tokens' })
  platformId!: string;

  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'pk_refresh_tokens' })
  id!: string;

  @Column({ name: 'session_id', type: 'bigint' })
  sessionId!: string;

  @ManyToOne(() => Session, { nullable: false })
  @JoinColumn([
    {
      name: 'platform_id',
      referencedColumnName: 'platformId',
      foreignKeyConstraintName: 'fk_refresh_tokens_session',
    },
    { name: 'session_id', referencedColumnName: 'id', foreignKeyConstraintName: 'fk_refresh_tokens_session' },
  ])
  session!: Session;

  /** HMAC-SHA-256 of the token's secret part under the server's pepper. */
  @Column({ name: 'secret_hash', type: 'bytea' })
  secretHash!: Buffer;

  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 })
  createdAt!: Date;

  @Column({ name: 'expires_at', type: 'timestamptz', precision: 3 })
  expiresAt!: Date;

  @Column({ name: 'used_at', type: 'timestamptz', precision: 3, nullable: true })
  usedAt!: Date | null;
}
