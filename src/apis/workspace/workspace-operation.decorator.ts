import { applyDecorators, type CanActivate, type Type, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation } from '@nestjs/swagger';
import { OpeningAttemptGuard } from '../../accounts/opening/guards/opening-attempt.guard.js';
import { OpeningDryRun } from '../../accounts/opening/opening-dry-run.service.js';
import type { Scope } from '../../auth/caller.js';
import { ApiAuthGuard } from '../../auth/guards/api-auth.guard.js';
import { NotSuspendedGuard } from '../../auth/guards/not-suspended.guard.js';
import { RequireScope, ScopeGuard } from '../../auth/guards/scope.guard.js';
import { BEARER } from '../../auth/strategies/bearer.strategy.js';
import { aMissingField, ANY_CALL_REFUSALS, documentRefusals } from '../../http/document-refusals.js';
import { DryRun } from '../../http/dry-run.guard.js';
import { Idempotent } from '../../http/idempotent.decorator.js';
import type { ErrorCode } from '../../shared/app-error.js';
import { OpenWorkspaceAccountPipe } from './accounts/open-account.pipe.js';
import { WorkspaceErrorResponse } from './error.response.js';
import { workspaceApiShape } from './errors.js';
import { WorkspaceGuard } from './workspace.guard.js';

const SessionGuard = ApiAuthGuard('workspace', [BEARER]);
const ALWAYS: readonly ErrorCode[] = ['credentials_invalid', ...ANY_CALL_REFUSALS];

export interface WorkspaceOperationOptions {
  /** What clients call it: unique within the document. */
  operationId: string;
  summary: string;
  description: string;
  refusals: readonly ErrorCode[];
}

/** A call with an access token, in no workspace. */
export function SessionOperation(scope: Scope, options: WorkspaceOperationOptions): MethodDecorator {
  return applyDecorators(
    RequireScope(scope),
    UseGuards(SessionGuard, ScopeGuard, NotSuspendedGuard),
    ApiBearerAuth('accessToken'),
    documentWorkspaceOperation(options),
  );
}

/** A call that opens an account in the workspace that `Workspace-ID` names. */
export function WorkspaceOpens(scope: Scope, options: WorkspaceOperationOptions): MethodDecorator {
  return applyDecorators(
    inWorkspace(scope, options, [OpeningAttemptGuard(ScopeGuard, WorkspaceGuard)]),
    Idempotent(),
    DryRun(OpenWorkspaceAccountPipe, OpeningDryRun),
  );
}

/** A call with an access token, in the workspace that `Workspace-ID` names. */
export function WorkspaceOperation(scope: Scope, options: WorkspaceOperationOptions): MethodDecorator {
  return inWorkspace(scope, options, [ScopeGuard, WorkspaceGuard, NotSuspendedGuard]);
}

function inWorkspace(
  scope: Scope,
  options: WorkspaceOperationOptions,
  guards: Type<CanActivate>[],
): MethodDecorator {
  const refusals: ErrorCode[] = ['workspace_id_malformed', 'workspace_not_allowed', ...options.refusals];
  return applyDecorators(
    RequireScope(scope),
    UseGuards(SessionGuard, ...guards),
    ApiBearerAuth('accessToken'),
    ApiHeader({
      name: 'Workspace-ID',
      required: true,
      description: 'The workspace: whose accounts these are.',
      schema: { type: 'integer', minimum: 1 },
    }),
    documentWorkspaceOperation({ ...options, refusals }),
  );
}

export function documentWorkspaceOperation(options: WorkspaceOperationOptions): MethodDecorator {
  const { operationId, summary, description, refusals } = options;
  return applyDecorators(
    ApiOperation({ operationId, summary, description }),
    documentRefusals(
      {
        shape: workspaceApiShape,
        body: WorkspaceErrorResponse,
        path: '/accounts',
        samples: aMissingField('productID'),
      },
      [...refusals, ...ALWAYS],
    ),
  );
}
