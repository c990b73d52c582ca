import { columns } from '../database/columns.js';
import type { ObjectChange } from '../shared/app-error.js';
import { byPlatform, type ListSpec } from '../shared/listing.js';
import { APPROVAL_STATUSES, ApprovalRequest } from '../entities/approval-request.entity.js';

export { APPROVAL_STATUSES };

/** The current balance of an account of a request, in minor units. */
export interface AccountBalanceRow {
  account: string;
  currency: string;
  decimals: number;
  postedMinor: string;
  lockedMinor: string;
}

/** A request without its secret. */
export type ApprovalRow = Omit<
  ApprovalRequest,
  | 'platform'
  | 'payload'
  | 'sealedSecret'
  | 'requestedRole'
  | 'requestedWith'
  | 'watchedObjects'
  | 'objectVersion'
> & {
  /** Whether a secret can be collected. */
  hasSecret: boolean;
  /** Changes of the watched objects since the request; `null`: none. */
  changes: ObjectChange[] | null;
  balances: AccountBalanceRow[] | null;
};

/** Actions of audit entries about approval requests. They are not changes of the object. */
const ABOUT_APPROVAL = String.raw`^[a-z_]+\.[a-z_]+\.(requested|approved|refused|withdrawn|collected)$`;

/** The audit entries about the watched objects of a pending request `r` that are newer than the request. */
const CHANGES_SQL = `(SELECT json_agg(json_build_object('object', e.object_id, 'action', e.action, 'actor', e.actor_id,
      'occurredAt', to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ORDER BY e.id)
    FROM audit_entries e
    WHERE r.status = 'pending' AND e.platform_id = r.platform_id AND e.object_id = ANY(r.watched_objects)
      AND e.id > r.object_version AND e.outcome = 'done' AND e.action !~ '${ABOUT_APPROVAL}')`;

/**
 * The status of a request `r` at the time `{now}`. A pending request may have lapsed; the first matching reason counts.
 */
const STATUS_SQL = `CASE
    WHEN r.status <> 'pending' THEN r.status
    WHEN r.expires_at <= {now} THEN 'expired'
    WHEN requester.status <> 'active' OR requester.role <> r.requested_role
      OR used.revoked_at IS NOT NULL OR used.expires_at <= {now} THEN 'ended'
    WHEN since.changes IS NOT NULL THEN 'stale'
    ELSE 'pending' END`;

const BALANCES_SQL = `(SELECT json_agg(json_build_object('account', 'acc_' || b.platform_id || '_' || b.account_id,
      'currency', a.currency_code, 'decimals', c.decimals, 'postedMinor', b.posted_minor::text,
      'lockedMinor', b.locked_minor::text) ORDER BY b.account_id)
    FROM unnest(r.watched_objects) AS watched(id)
    JOIN balances b ON b.platform_id = r.platform_id
      AND b.account_id = CASE WHEN watched.id LIKE 'acc\\_%' THEN split_part(watched.id, '_', 3)::bigint END
    JOIN accounts a ON a.platform_id = b.platform_id AND a.id = b.account_id
    JOIN currencies c ON c.code = a.currency_code)`;

const LISTED = [
  'platformId',
  'id',
  'action',
  'objectId',
  'summary',
  'reason',
  'requestedBy',
  'requestedByName',
  'requestedAt',
  'expiresAt',
  'decidedBy',
  'decidedByName',
  'decidedAt',
  'decisionReason',
  'secretCollectedAt',
] as const;

/** How approvals are listed. */
export const APPROVAL_LIST: ListSpec = {
  select: `${columns(ApprovalRequest, 'r', LISTED)}, ${STATUS_SQL} AS status, since.changes, ${BALANCES_SQL} AS balances,
    r.sealed_secret IS NOT NULL AS "hasSecret"`,
  from: `approval_requests r
    LEFT JOIN admins requester ON requester.platform_id = 0 AND requester.id = r.requested_by
    LEFT JOIN credentials used ON used.platform_id = 0 AND used.id = r.requested_with
    CROSS JOIN LATERAL (SELECT ${CHANGES_SQL} AS changes) since`,
  key: 'r.id',
  filters: {
    status: {
      description: 'In this state.',
      schema: { type: 'string', enum: [...APPROVAL_STATUSES] },
      sql: `${STATUS_SQL} = ?`,
    },
    platform: byPlatform('r.platform_id'),
    object: {
      description: 'About this object.',
      schema: { type: 'string', example: 'acc_1_1' },
      sql: 'r.object_id = ?',
    },
  },
  sorts: { requestedAt: { sql: 'r.requested_at', type: 'timestamptz' } },
  defaultSort: '-requestedAt',
};

/** One request, by platform ($1) and id ($2), at the time $3. */
export const APPROVAL_BY_ID = `SELECT ${APPROVAL_LIST.select} FROM ${APPROVAL_LIST.from}
  WHERE r.platform_id = $1 AND r.id = $2`.replaceAll('{now}', '$3::timestamptz');

/**
 * Writes the status of the lapsed pending requests of an action ($2) about an object ($3), so that a new request may
 * follow.
 */
export const END_LAPSED = `UPDATE approval_requests SET status = lapsed.status, decided_at = $4::timestamptz
  FROM (SELECT r.platform_id, r.id, ${STATUS_SQL} AS status FROM ${APPROVAL_LIST.from}
    WHERE r.platform_id = $1 AND r.action = $2 AND r.object_id = $3 AND r.status = 'pending') lapsed
  WHERE approval_requests.platform_id = lapsed.platform_id AND approval_requests.id = lapsed.id
    AND approval_requests.status = 'pending' AND lapsed.status <> 'pending'`.replaceAll(
  '{now}',
  '$4::timestamptz',
);
