import type { SessionTokens } from '../../../auth/sessions.service.js';
import type { WorkspaceView } from '../../../platforms/workspaces.service.js';
import { toTenantId } from '../../../shared/object-id.js';
import { Reason, Shown, ShownKind, ShownTime, Text, toTime } from '../properties.js';

/** A handle to one customer, for the workspace API. */
export class WorkspaceResponse {
  @ShownKind('workspace')
  object!: 'workspace';

  @Shown('Its id here.', 'wsp_1_3')
  id!: string;

  @Shown('What the workspace API takes as Workspace-ID.', 3, { type: 'integer' })
  workspaceId!: number;

  @Shown('Its holder.', 'cus_1_3')
  customer!: string;

  @Shown('Name of its holder.', 'Ada Exports Ltd')
  holderName!: string;

  @ShownTime('When it was created.')
  createdAt!: string;
}

export class CreateWorkspaceRequest {
  @Text('required', { description: 'Its holder.', example: 'cus_1_3', max: 60 })
  customer!: string;

  @Reason()
  reason!: string;
}

/** The first tokens of a session. Shown once. */
export class SessionResponse {
  @ShownKind('session')
  object!: 'session';

  @Shown('Bearer of the workspace API, for 15 minutes.', 'eyJhbGciOiJFUzI1NiJ9.…')
  accessToken!: string;

  @Shown('Bearer of POST /sessions/tokens, good for one use.', 'vrt_1_7-…')
  refreshToken!: string;

  @ShownTime('When the refresh token ends.')
  refreshTokenExpiresAt!: string;
}

export function presentWorkspace(workspace: WorkspaceView): WorkspaceResponse {
  const { platformId, id, customerId, holderName, createdAt } = workspace;
  return {
    ...{ object: 'workspace', id: toTenantId('wsp', platformId, id), workspaceId: Number(id) },
    ...{ customer: toTenantId('cus', platformId, customerId), holderName, createdAt: toTime(createdAt) },
  };
}

export function presentSession({ accessToken, refreshToken }: SessionTokens): SessionResponse {
  const { value, expiresAt } = refreshToken;
  return { object: 'session', accessToken, refreshToken: value, refreshTokenExpiresAt: toTime(expiresAt) };
}
