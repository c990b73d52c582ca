import type { WorkspaceView } from '../../../platforms/workspaces.service.js';
import { toTenantId } from '../../../shared/object-id.js';
import { Text } from '../../../http/request-properties.js';
import { Reason, ResponseProperty, ResponseKind, ResponseTime, toTime } from '../properties.js';

/** A workspace: a handle to one customer in the workspace API. */
export class WorkspaceResponse {
  @ResponseKind('workspace')
  object!: 'workspace';

  @ResponseProperty('Its id here.', 'wsp_1_3')
  id!: string;

  @ResponseProperty('What the workspace API takes as Workspace-ID.', 3, { type: 'integer' })
  workspaceId!: number;

  @ResponseProperty('Its holder.', 'cus_1_3')
  customer!: string;

  @ResponseProperty('Name of its holder.', 'Ada Exports Ltd')
  holderName!: string;

  @ResponseTime('When it was created.')
  createdAt!: string;
}

export class CreateWorkspaceRequest {
  @Text('required', { description: 'Its holder.', example: 'cus_1_3', max: 60 })
  customer!: string;

  @Reason()
  reason!: string;
}

export function presentWorkspace(workspace: WorkspaceView): WorkspaceResponse {
  const { platformId, id, customerId, holderName, createdAt } = workspace;
  return {
    object: 'workspace',
    id: toTenantId('wsp', platformId, id),
    workspaceId: Number(id),
    customer: toTenantId('cus', platformId, customerId),
    holderName,
    createdAt: toTime(createdAt),
  };
}
