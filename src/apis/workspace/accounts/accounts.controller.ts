import { Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AccountAmendments } from '../../../accounts/lifecycle/account-amendments.service.js';
import { AccountOpeningService } from '../../../accounts/opening/account-opening.service.js';
import type { WorkspaceOpening } from '../../../accounts/opening/opening.js';
import { KycApprovedPipe } from '../../../accounts/opening/pipes/kyc-approved.pipe.js';
import { NotDuplicatePipe } from '../../../accounts/opening/pipes/not-duplicate.pipe.js';
import { ProductAvailablePipe } from '../../../accounts/opening/pipes/product-available.pipe.js';
import { WorkspaceAccountsService } from '../../../accounts/workspace-accounts.service.js';
import { Call, type CallContext, subjectOf } from '../../../http/call.decorator.js';
import { WRITE_REFUSALS } from '../../../http/document-refusals.js';
import { WorkspaceOpens, WorkspaceOperation } from '../workspace-operation.decorator.js';
import { presentAccount, WorkspaceAccountResponse } from './account.response.js';
import { OpenWorkspaceAccountPipe } from './open-account.pipe.js';
import {
  CloseAccountPipe,
  type CloseCommand,
  RenameAccountPipe,
  RenameAccountRequest,
  type RenameCommand,
} from './amend-account.pipes.js';
import { AccountIdParam, OpenAccountDocs } from './open-account.docs.js';

@ApiTags('Accounts')
@Controller('accounts')
export class WorkspaceAccountsController {
  constructor(
    private readonly opening: AccountOpeningService,
    private readonly amendments: AccountAmendments,
    private readonly accounts: WorkspaceAccountsService,
  ) {}

  @Post()
  @HttpCode(200)
  @WorkspaceOpens('accounts:write', {
    operationId: 'openAccount',
    summary: 'Open an account',
    description:
      'Opens an account of a product for the workspace’s holder, whose identity check (KYC) must be complete. ' +
      'A workspace has one account per product and alias; no alias counts as one alias.',
    refusals: [
      'kyc_not_approved',
      'customer_suspended',
      'product_not_found',
      'product_not_available',
      'account_exists',
      ...WRITE_REFUSALS,
    ],
  })
  @OpenAccountDocs()
  async open(
    @Call(OpenWorkspaceAccountPipe, KycApprovedPipe, ProductAvailablePipe, NotDuplicatePipe)
    opening: WorkspaceOpening,
  ): Promise<WorkspaceAccountResponse> {
    return presentAccount(await this.opening.open(opening));
  }

  @Get()
  @WorkspaceOperation('accounts:read', {
    operationId: 'listAccounts',
    summary: 'List accounts',
    description: 'The accounts of this workspace, and of no other.',
    refusals: ['result_too_large'],
  })
  @ApiOkResponse({ type: [WorkspaceAccountResponse], description: 'In the order of their opening.' })
  async list(@Call() call: CallContext): Promise<WorkspaceAccountResponse[]> {
    const accounts = await this.accounts.list(call.caller.platformId, subjectOf(call));
    return accounts.map(presentAccount);
  }

  @Get(':id')
  @WorkspaceOperation('accounts:read', {
    operationId: 'getAccount',
    summary: 'Get an account',
    description: 'An account of another workspace is not found.',
    refusals: ['account_not_found'],
  })
  @AccountIdParam()
  @ApiOkResponse({ type: WorkspaceAccountResponse, description: 'The account.' })
  async get(@Call() call: CallContext, @Param('id') id: string): Promise<WorkspaceAccountResponse> {
    return presentAccount(await this.accounts.getById(call.caller.platformId, subjectOf(call), id));
  }

  @Patch(':id')
  @WorkspaceOperation('accounts:write', {
    operationId: 'renameAccount',
    summary: 'Change the alias of an account',
    description: 'An empty alias is none. An account that is closed is not found.',
    refusals: ['account_not_found', 'account_exists', ...WRITE_REFUSALS],
  })
  @AccountIdParam()
  @ApiBody({ type: RenameAccountRequest })
  @ApiOkResponse({ type: WorkspaceAccountResponse, description: 'The account.' })
  async rename(
    @Call(RenameAccountPipe) { selection, alias, audit }: RenameCommand,
  ): Promise<WorkspaceAccountResponse> {
    return presentAccount(await this.amendments.rename(selection, alias, audit));
  }

  @Delete(':id')
  @WorkspaceOperation('accounts:write', {
    operationId: 'closeAccount',
    summary: 'Close an account',
    description: 'Needs a balance of zero and no holds. The account is answered a last time, `disabled`.',
    refusals: ['account_not_found', 'account_not_empty', 'transition_not_allowed'],
  })
  @AccountIdParam()
  @ApiOkResponse({ type: WorkspaceAccountResponse, description: 'The account, closed.' })
  async close(@Call(CloseAccountPipe) { selection, audit }: CloseCommand): Promise<WorkspaceAccountResponse> {
    return presentAccount(await this.amendments.close(selection, audit));
  }
}
