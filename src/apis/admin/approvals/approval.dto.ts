import { APPROVED_ACTIONS, type ApprovalView } from '../../../approvals/approvals.service.js';
import { toTenantId } from '../../../shared/object-id.js';
import {
  Shown,
  ShownKind,
  ShownOrNull,
  ShownTime,
  ShownTimeOrNull,
  toTime,
  toTimeOrNull,
} from '../properties.js';

/** A dangerous act that one admin asked for and another decides on. */
export class ApprovalResponse {
  @ShownKind('approval')
  object!: 'approval';

  @Shown('Its id.', 'apr_1_1')
  id!: string;

  @Shown('What is asked for.', 'account.reopen', { enum: [...APPROVED_ACTIONS] })
  action!: string;

  @Shown('What it is about.', 'acc_1_1')
  objectId!: string;

  @Shown(
    'What else the act needs to know.',
    { jurisdiction: 'DE' },
    {
      type: 'object',
      additionalProperties: { type: ['string', 'null'] as never },
    },
  )
  payload!: Record<string, string | null>;

  @Shown('Why it is asked for.', 'asked for by the customer, ticket 4711')
  reason!: string;

  @Shown('Whether it is decided.', 'pending', { enum: ['pending', 'approved', 'refused'] })
  status!: string;

  @Shown('Who asked.', 'adm_0_1')
  requestedBy!: string;

  @Shown('Name of who asked.', 'Demo admin')
  requestedByName!: string;

  @ShownTime('When it was asked for.')
  requestedAt!: string;

  @ShownOrNull('Who decided.', null)
  decidedBy!: string | null;

  @ShownOrNull('Name of who decided.', null)
  decidedByName!: string | null;

  @ShownTimeOrNull('When it was decided.')
  decidedAt!: string | null;

  @ShownOrNull('Why it was decided so.', null)
  decisionReason!: string | null;
}

export function presentApproval(approval: ApprovalView): ApprovalResponse {
  const { platformId, id, action, objectId, payload, reason, status, decidedBy } = approval;
  return {
    ...{
      object: 'approval',
      id: toTenantId('apr', platformId, id),
      action,
      objectId,
      payload,
      reason,
      status,
    },
    requestedBy: toTenantId('adm', '0', approval.requestedBy),
    requestedByName: approval.requestedByName,
    requestedAt: toTime(approval.requestedAt),
    decidedBy: decidedBy === null ? null : toTenantId('adm', '0', decidedBy),
    decidedByName: approval.decidedByName,
    decidedAt: toTimeOrNull(approval.decidedAt),
    decisionReason: approval.decisionReason,
  };
}
