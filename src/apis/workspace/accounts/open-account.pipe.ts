import { Injectable, type PipeTransform } from '@nestjs/common';
import type { WorkspaceOpening } from '../../../accounts/opening.js';
import { readBody } from '../../../http/body.js';
import { type CallContext, claimOf, subjectOf } from '../../../http/call.decorator.js';
import { AppError } from '../../../shared/app-error.js';
import { presentAccount } from './account.response.js';
import { OpenWorkspaceAccountRequest } from './open-account.request.js';

/** Checks the body's form and makes it an opening. */
@Injectable()
export class OpenWorkspaceAccountPipe implements PipeTransform<CallContext, WorkspaceOpening> {
  transform(call: CallContext): WorkspaceOpening {
    const { productID, alias = '' } = readBody(OpenWorkspaceAccountRequest, call);
    const { customerId, workspaceId } = subjectOf(call);
    if (workspaceId === undefined) throw new AppError('workspace_not_allowed');
    return {
      channel: 'workspace',
      platformId: call.caller.platformId,
      ...{ customerId, workspaceId },
      productId: productID,
      alias: alias.trim(),
      claim: claimOf(call, 200, presentAccount),
    };
  }
}
