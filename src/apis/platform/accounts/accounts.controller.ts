import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { PlatformAccountsService } from '../../../accounts/platform-accounts.service.js';
import { Call, type CallContext } from '../../../http/call.decorator.js';
import { PLATFORM_BASE } from '../errors.js';
import { AccountIdentifierParam, PlatformRead } from '../platform-operation.decorator.js';
import { PlatformAccountResponse, presentAccount } from './account.response.js';
import { AccountListing, type AccountListResponse } from './account-listing.service.js';
import { AccountList, type AccountListCommand, AccountListDocs } from './list-accounts.query.js';

/** Accounts of the whole platform. Below the base path only: the bare `/accounts` is the workspace API's. */
@ApiTags('Accounts')
@Controller(`${PLATFORM_BASE.slice(1)}/accounts`)
export class PlatformAccountsController {
  constructor(
    private readonly accounts: PlatformAccountsService,
    private readonly listing: AccountListing,
  ) {}

  @Get()
  @PlatformRead('accounts:read', {
    operationId: 'listAccounts',
    summary: 'List the accounts of the platform',
    description: 'All that match, or with `paginate=true` one page of them.',
    refusals: ['validation_failed', 'result_too_large'],
  })
  @AccountListDocs()
  async list(
    @Call() { caller }: CallContext,
    @AccountList() command: AccountListCommand,
  ): Promise<AccountListResponse> {
    return this.listing.list(caller.platformId, command);
  }

  @Get(':accountIdentifier')
  @PlatformRead('accounts:read', {
    operationId: 'getAccount',
    summary: 'Get an account',
    description: 'By its identifier, in any case.',
    refusals: ['account_not_found'],
  })
  @AccountIdentifierParam()
  @ApiOkResponse({ type: PlatformAccountResponse, description: 'The account.' })
  async get(
    @Call() { caller }: CallContext,
    @Param('accountIdentifier') identifier: string,
  ): Promise<PlatformAccountResponse> {
    return presentAccount(await this.accounts.getByIdentifier(caller.platformId, identifier));
  }
}
