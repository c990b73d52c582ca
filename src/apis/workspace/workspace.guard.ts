import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { CallerRequest } from '../../auth/caller.js';
import { type HeaderCarrier, singleHeader } from '../../auth/headers.js';
import { SessionsService } from '../../auth/sessions.service.js';
import { AppError } from '../../shared/app-error.js';

/**
 * Finds the workspace of `Workspace-ID`. A workspace of another platform, one that the session is not allowed in and
 * one that does not exist get the same response.
 */
@Injectable()
export class WorkspaceGuard implements CanActivate {
  constructor(private readonly sessions: SessionsService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<HeaderCarrier & CallerRequest>();
    const { user: caller } = request;
    if (caller === undefined) throw new AppError('credentials_required');
    const workspaceId = singleHeader(request, 'workspace-id') ?? '';
    if (!isWorkspaceId(workspaceId)) throw new AppError('workspace_id_malformed');
    const isAllowed = caller.workspaceId === null || caller.workspaceId === workspaceId;
    const workspace = isAllowed ? await this.sessions.findWorkspace(caller.platformId, workspaceId) : null;
    if (workspace === null) throw new AppError('workspace_not_allowed');
    const isSuspended = workspace.customerStatus === 'suspended';
    request.subject = { customerId: workspace.customerId, workspaceId, isSuspended };
    request.fingerprintParts = [workspaceId];
    return true;
  }
}

/** A positive integer without sign, leading zero or exponent, in the range that JSON numbers hold exactly. */
function isWorkspaceId(text: string): boolean {
  return /^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(Number(text));
}
