import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOkResponse, ApiParam, getSchemaPath } from '@nestjs/swagger';
import { DryRunResponse } from '../../../http/dry-run.guard.js';
import { WorkspaceAccountResponse } from './account.response.js';
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
