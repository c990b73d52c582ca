import { columns } from '../database/columns.js';
import { Session } from '../entities/session.entity.js';
import { byCustomer, byPlatform, type ListSpec } from '../shared/listing.js';

/** A session as responses show it: without a token. */
export interface SessionView {
  platformId: string;
  id: string;
  /** `null`: not restricted to a workspace. */
  workspaceId: string | null;
  customerId: string | null;
  holderName: string | null;
  createdAt: Date;
  /** When its newest refresh token was issued. */
  refreshedAt: Date;
  /** When that token expires. */
  expiresAt: Date;
  revokedAt: Date | null;
}

/** The list of sessions. */
export const SESSION_LIST: ListSpec = {
  select: `${columns(Session, 's', ['platformId', 'id', 'workspaceId', 'createdAt', 'revokedAt'])},
    w.customer_id AS "customerId", c.display_name AS "holderName", newest.created_at AS "refreshedAt",
    newest.expires_at AS "expiresAt"`,
  from: `sessions s
    LEFT JOIN workspaces w ON w.platform_id = s.platform_id AND w.id = s.workspace_id
    LEFT JOIN customers c ON c.platform_id = w.platform_id AND c.id = w.customer_id
    CROSS JOIN LATERAL (SELECT t.created_at, t.expires_at FROM refresh_tokens t
      WHERE t.platform_id = s.platform_id AND t.session_id = s.id ORDER BY t.id DESC LIMIT 1) newest`,
  key: 's.id',
  filters: {
    platform: byPlatform('s.platform_id'),
    customer: byCustomer('w'),
    state: {
      description: 'Live, or over.',
      schema: { type: 'string', enum: ['live', 'ended'] },
      sql: `(s.revoked_at IS NULL AND newest.expires_at > {now}) = (? = 'live')`,
    },
  },
  sorts: { createdAt: { sql: 's.created_at', type: 'timestamptz' } },
  defaultSort: '-createdAt',
};

/** One session, by platform ($1) and id ($2). */
export const SESSION_BY_ID = `SELECT ${SESSION_LIST.select} FROM ${SESSION_LIST.from}
  WHERE s.platform_id = $1 AND s.id = $2`;
