import { Injectable, type PipeTransform } from '@nestjs/common';
import type { WorkspaceOpening } from '../../../accounts/opening/opening.js';
import { OpeningRefusals } from '../../../accounts/opening/opening-refusals.service.js';
import { readBody } from '../../../http/body.js';
import { auditContextOf, type CallContext, claimOf, subjectOf } from '../../../http/call.decorator.js';
import { AppError } from '../../../shared/app-error.js';
import { presentAccount } from './account.response.js';
import { OpenWorkspaceAccountRequest } from './open-account.request.js';

/** Checks the body's form and makes it an opening. */
@Injectable()
export class OpenWorkspaceAccountPipe implements PipeTransform<CallContext, WorkspaceOpening> {
  constructor(private readonly refusals: OpeningRefusals) {}

  transform(call: CallContext): WorkspaceOpening {
    const { productID, alias } = readBody(OpenWorkspaceAccountRequest, call);
    const { customerId, workspaceId } = subjectOf(call);
    if (workspaceId === undefined) throw new AppError('workspace_not_allowed');
    const opening: WorkspaceOpening = {
      channel: 'workspace',
      platformId: call.caller.platformId,
      customerId,
      workspaceId,
      productId: productID,
      alias: alias?.trim() ?? '',
      audit: auditContextOf(call),
      allowedCurrencies: call.caller.allowedCurrencies,
      claim: claimOf(call, 200, presentAccount),
    };
    call.request.describeRefusal = (error) => this.refusals.describe(opening, error);
    return opening;
  }
}
