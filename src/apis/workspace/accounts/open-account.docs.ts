import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOkResponse, ApiParam, getSchemaPath } from '@nestjs/swagger';
import { OpeningRehearsal } from '../../../accounts/opening-rehearsal.service.js';
import { DryRun, DryRunResponse } from '../../../http/dry-run.interceptor.js';
import { Idempotent } from '../../../http/idempotent.decorator.js';
import { WorkspaceAccountResponse } from './account.response.js';
import { OpenWorkspaceAccountPipe } from './open-account.pipe.js';
import { OpenWorkspaceAccountRequest } from './open-account.request.js';

/** Documents the account in the path. */
export const AccountIdParam = (): MethodDecorator =>
  ApiParam({
    name: 'id',
    description: 'The account, as `id` names it.',
    schema: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    example: 1,
  });

/** What belongs to the call that opens an account: its body, both forms of its answer, and the dry run. */
export function OpenAccountDocs(): MethodDecorator {
  return applyDecorators(
    Idempotent(),
    DryRun(OpenWorkspaceAccountPipe, OpeningRehearsal),
    ApiBody({ type: OpenWorkspaceAccountRequest }),
    ApiExtraModels(WorkspaceAccountResponse, DryRunResponse),
    ApiOkResponse({
      description: 'The account, with one balance of zero; with `dryRun=true` what would happen.',
      schema: {
        oneOf: [{ $ref: getSchemaPath(WorkspaceAccountResponse) }, { $ref: getSchemaPath(DryRunResponse) }],
      },
    }),
  );
}
