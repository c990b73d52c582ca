import { ApiExtraModels, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { type AccountBalanceRow, APPROVAL_STATUSES } from '../../../approvals/approval-list.js';
import type { ApprovalSummary } from '../../../approvals/approval-summary.js';
import type { ApprovalView } from '../../../approvals/approvals.service.js';
import { APPROVED_ACTIONS } from '../../../approvals/dangerous-effects.js';
import type { ApprovedSecret } from '../../../auth/approved-secrets.service.js';
import { toMajorNumber } from '../../../shared/money.js';
import { toTenantId } from '../../../shared/object-id.js';
import {
  ResponseProperty,
  ResponseKind,
  NullableResponseProperty,
  ResponseTime,
  NullableResponseTime,
  toTime,
  toTimeOrNull,
} from '../properties.js';
import { SUMMARY_OF } from './summaries.dto.js';
import { BalanceNowResponse, ObjectChangeResponse } from './summary-parts.dto.js';

const SUMMARIES = Object.values(SUMMARY_OF);
const MAPPING = Object.fromEntries(
  Object.entries(SUMMARY_OF).map(([action, type]) => [action, getSchemaPath(type)]),
);

/** An effect that one admin requested and another decides on. */
@ApiExtraModels(...SUMMARIES)
export class ApprovalResponse {
  @ResponseKind('approval')
  object!: 'approval';

  @ResponseProperty('Its id.', 'apr_1_1')
  id!: string;

  @ResponseProperty('What is requested.', 'account.reopen', { enum: APPROVED_ACTIONS })
  action!: string;

  @ResponseProperty('The object that it is about.', 'acc_1_1')
  objectId!: string;

  @ApiPropertyOptional({
    description:
      'What the approval carries out, by `action`; missing from a request that an older version of the server took.',
    oneOf: SUMMARIES.map((type) => ({ $ref: getSchemaPath(type) })),
    discriminator: { propertyName: 'action', mapping: MAPPING },
  })
  summary?: ApprovalSummary;

  @ResponseProperty('What the accounts concerned hold now.', [], { type: [BalanceNowResponse] })
  balances!: BalanceNowResponse[];

  @ResponseProperty('Why it is requested.', 'asked for by the customer, ticket 4711')
  reason!: string;

  @ResponseProperty(
    '`expired`: not decided in time. `ended`: the role or the key of the requester ended. `stale`: the object has ' +
      'changed since the request, see `changes`.',
    'pending',
    { enum: [...APPROVAL_STATUSES] },
  )
  status!: string;

  @ResponseProperty('What happened to the object since the request.', [], { type: [ObjectChangeResponse] })
  changes!: ObjectChangeResponse[];

  @ResponseProperty('The requesting admin.', 'adm_0_1')
  requestedBy!: string;

  @ResponseProperty('Name of the requesting admin.', 'Demo admin')
  requestedByName!: string;

  @ResponseTime('When it was requested.')
  requestedAt!: string;

  @ResponseTime('When it expires unless it is decided.')
  expiresAt!: string;

  @NullableResponseProperty('The deciding admin.', null)
  decidedBy!: string | null;

  @NullableResponseProperty('Name of the deciding admin.', null)
  decidedByName!: string | null;

  @NullableResponseTime('When it was decided, or ended otherwise.')
  decidedAt!: string | null;

  @NullableResponseProperty('Why it was decided so.', null)
  decisionReason!: string | null;

  @ResponseProperty('Whether its requester can collect a secret.', false)
  hasSecret!: boolean;

  @NullableResponseTime('When the secret was collected.')
  secretCollectedAt!: string | null;
}

/** The secret of an approved request, shown this once. */
export class ApprovedSecretResponse {
  @ResponseKind('approved_secret')
  object!: 'approved_secret';

  @ResponseProperty('The request.', 'apr_1_1')
  approval!: string;

  @ResponseProperty('What was made.', 'credential', { enum: ['credential', 'session'] })
  kind!: string;

  @NullableResponseProperty('The key; of a credential.', 'vk_1_QJ4NlBMYwhHUThWXe6HkaA')
  key!: string | null;

  @NullableResponseProperty(
    'Its secret. Only its hash is kept.',
    'vs_UO_Jbvn0DKFwHeD7A8M3CHbL0t0b11iwblsg4nFbIV4',
  )
  secret!: string | null;

  @NullableResponseProperty('Bearer of the workspace API, for 15 minutes; of a session.', null)
  accessToken!: string | null;

  @NullableResponseProperty('Bearer of POST /sessions/tokens, good for one use.', null)
  refreshToken!: string | null;

  @NullableResponseTime('When the refresh token expires.')
  refreshTokenExpiresAt!: string | null;
}

export function presentApproval(approval: ApprovalView): ApprovalResponse {
  const { platformId, id, action, objectId, summary, balances, reason, status, changes } = approval;
  const { decidedBy } = approval;
  return {
    object: 'approval',
    id: toTenantId('apr', platformId, id),
    action,
    objectId,
    ...(summary === null ? {} : { summary }),
    balances: (balances ?? []).map(presentBalance),
    reason,
    status,
    changes: changes ?? [],
    requestedBy: toTenantId('adm', '0', approval.requestedBy),
    requestedByName: approval.requestedByName,
    requestedAt: toTime(approval.requestedAt),
    expiresAt: toTime(approval.expiresAt),
    decidedBy: decidedBy === null ? null : toTenantId('adm', '0', decidedBy),
    decidedByName: approval.decidedByName,
    decidedAt: toTimeOrNull(approval.decidedAt),
    decisionReason: approval.decisionReason,
    hasSecret: approval.hasSecret,
    secretCollectedAt: toTimeOrNull(approval.secretCollectedAt),
  };
}

export function presentSecret(collected: ApprovedSecret): ApprovedSecretResponse {
  const { platformId, id } = collected.approval;
  const isCredential = collected.kind === 'credential';
  return {
    object: 'approved_secret',
    approval: toTenantId('apr', platformId, id),
    kind: collected.kind,
    key: isCredential ? collected.key : null,
    secret: isCredential ? collected.secret : null,
    accessToken: isCredential ? null : collected.accessToken,
    refreshToken: isCredential ? null : collected.refreshToken,
    refreshTokenExpiresAt: isCredential ? null : toTime(collected.refreshTokenExpiresAt),
  };
}

function presentBalance({ account, currency, decimals, ...minor }: AccountBalanceRow): BalanceNowResponse {
  const [posted, locked] = [BigInt(minor.postedMinor), BigInt(minor.lockedMinor)];
  return {
    account,
    currency,
    posted: toMajorNumber(posted, decimals),
    locked: toMajorNumber(locked, decimals),
    available: toMajorNumber(posted - locked, decimals),
  };
}
