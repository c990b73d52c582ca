import type { SessionView } from '../../../auth/session-list.js';
import { toSystemId, toTenantId } from '../../../shared/object-id.js';
import {
  ResponseProperty,
  ResponseKind,
  NullableResponseProperty,
  ResponseTime,
  NullableResponseTime,
  toTime,
  toTimeOrNull,
} from '../properties.js';

/** A session of the workspace API, never with a token. */
export class AdminSessionResponse {
  @ResponseKind('session')
  object!: 'session';

  @ResponseProperty('Its id.', 'ses_1_1')
  id!: string;

  @ResponseProperty('Its platform.', 'plt_1')
  platform!: string;

  @NullableResponseProperty('The workspace it is held to; null: to none.', 'wsp_1_3')
  workspace!: string | null;

  @NullableResponseProperty('The holder of the workspace.', 'cus_1_2')
  customer!: string | null;

  @NullableResponseProperty('The name of the holder.', 'Acme Group')
  holderName!: string | null;

  @ResponseProperty('Whether its tokens can be used.', 'live', { enum: ['live', 'expired', 'ended'] })
  state!: string;

  @ResponseTime('When it began.')
  createdAt!: string;

  @ResponseTime('When it was last refreshed.')
  refreshedAt!: string;

  @ResponseTime('When it expires unless it is refreshed.')
  expiresAt!: string;

  @NullableResponseTime('When it was ended.')
  endedAt!: string | null;
}

/** @param now decides whether it is expired */
export function presentSession(session: SessionView, now: Date): AdminSessionResponse {
  const { platformId, id, workspaceId, customerId, holderName, expiresAt, revokedAt } = session;
  return {
    object: 'session',
    id: toTenantId('ses', platformId, id),
    platform: toSystemId('plt', platformId),
    workspace: workspaceId === null ? null : toTenantId('wsp', platformId, workspaceId),
    customer: customerId === null ? null : toTenantId('cus', platformId, customerId),
    holderName,
    state: revokedAt !== null ? 'ended' : expiresAt <= now ? 'expired' : 'live',
    createdAt: toTime(session.createdAt),
    refreshedAt: toTime(session.refreshedAt),
    expiresAt: toTime(expiresAt),
    endedAt: toTimeOrNull(revokedAt),
  };
}
