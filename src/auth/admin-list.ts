import { columns } from '../database/columns.js';
import { Admin, ADMIN_ROLES, ADMIN_STATUSES } from '../entities/admin.entity.js';
import { byPartOf, type ListSpec } from '../shared/listing.js';

export { ADMIN_ROLES, ADMIN_STATUSES, POSTING_ROLES, type PostingRole } from '../entities/admin.entity.js';

/** The list of admins. */
export const ADMIN_LIST: ListSpec = {
  select: `${columns(Admin, 'a', ['id', 'name', 'role', 'status', 'createdAt', 'updatedAt'])},
    keys.live AS "liveKeys", keys.last_used_at AS "lastUsedAt"`,
  from: `admins a CROSS JOIN LATERAL (SELECT max(c.last_used_at) AS last_used_at,
      count(*) FILTER (WHERE c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > {now}))::int AS live
    FROM credentials c WHERE c.platform_id = a.platform_id AND c.admin_id = a.id) keys`,
  key: 'a.id',
  filters: {
    name: byPartOf('a.name', 'With this in the name, ignoring case.'),
    role: {
      description: 'With this role.',
      schema: { type: 'string', enum: ADMIN_ROLES },
      sql: 'a.role = ?',
    },
    status: {
      description: 'In this state.',
      schema: { type: 'string', enum: ADMIN_STATUSES },
      sql: 'a.status = ?',
    },
  },
  sorts: {
    createdAt: { sql: 'a.created_at', type: 'timestamptz' },
    name: { sql: 'a.name', type: 'text' },
  },
  defaultSort: '-createdAt',
};

/** One admin, by id ($1), at the time $2. */
export const ADMIN_BY_ID = `SELECT ${ADMIN_LIST.select} FROM ${ADMIN_LIST.from} WHERE a.id = $1`.replaceAll(
  '{now}',
  '$2::timestamptz',
);
