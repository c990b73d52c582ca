import { byPlatform, type ListSpec } from '../shared/listing.js';

/** How approvals are listed. */
export const APPROVAL_LIST: ListSpec = {
  select: `r.platform_id AS "platformId", r.id, r.action, r.object_id AS "objectId", r.payload, r.reason, r.status,
    r.requested_by AS "requestedBy", r.requested_by_name AS "requestedByName", r.requested_at AS "requestedAt",
    r.decided_by AS "decidedBy", r.decided_by_name AS "decidedByName", r.decided_at AS "decidedAt",
    r.decision_reason AS "decisionReason"`,
  from: 'approval_requests r',
  key: 'r.id',
  filters: {
    status: {
      description: 'In this state.',
      schema: { type: 'string', enum: ['pending', 'approved', 'refused'] },
      sql: 'r.status = ?',
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
