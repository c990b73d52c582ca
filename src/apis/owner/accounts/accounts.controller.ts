import { Controller, Get, Param, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { AccountOpeningService } from '../../../accounts/opening/account-opening.service.js';
import { eligibilityOf } from '../../../accounts/opening/guards/kyc-approved.guard.js';
import type { OwnerOpening } from '../../../accounts/opening/opening.js';
import { OwnerAccountsService } from '../../../accounts/owner-accounts.service.js';
import { CurrencyEnabledPipe } from '../../../accounts/opening/pipes/currency-enabled.pipe.js';
import { KycApprovedPipe } from '../../../accounts/opening/pipes/kyc-approved.pipe.js';
import { NotDuplicatePipe } from '../../../accounts/opening/pipes/not-duplicate.pipe.js';
import { Call, type CallContext } from '../../../http/call.decorator.js';
import { OWNER_PATH } from '../errors.js';
import { OwnerOpens, OwnerRead } from '../owner-operation.decorator.js';
import { OWNER_ACCOUNT, OwnerAccountResponse, presentAccount } from './account.response.js';
import { OpenOwnerAccountPipe } from './open-account.pipe.js';
import { OpenOwnerAccountRequest } from './open-account.request.js';

@ApiTags('Accounts')
@Controller(`${OWNER_PATH.slice(1)}/accounts`)
export class OwnerAccountsController {
  constructor(
    private readonly opening: AccountOpeningService,
    private readonly accounts: OwnerAccountsService,
  ) {}

  @Post()
  @OwnerOpens('accounts:write', {
    operationId: 'openAccount',
    summary: 'Open an account',
    description:
      'Opens the owner’s account in a currency that is enabled in the owner’s effective jurisdiction. An owner ' +
      'has one account per currency.',
    refusals: ['currency_malformed', 'currency_not_allowed', 'currency_not_available', 'account_exists'],
  })
  @ApiBody({ type: OpenOwnerAccountRequest })
  @ApiCreatedResponse({ type: OwnerAccountResponse, description: 'The account, with a balance of zero.' })
  async open(
    @Call(OpenOwnerAccountPipe, KycApprovedPipe, CurrencyEnabledPipe, NotDuplicatePipe) opening: OwnerOpening,
  ): Promise<OwnerAccountResponse> {
    return presentAccount(await this.opening.open(opening));
  }

  @Get()
  @OwnerRead('accounts:read', {
    operationId: 'listAccounts',
    summary: 'List accounts',
    description: 'The owner’s accounts in currencies enabled in the owner’s effective jurisdiction.',
    refusals: [],
  })
  @ApiOkResponse({ type: [OwnerAccountResponse], description: 'In the order of their opening.' })
  async list(@Call() call: CallContext): Promise<OwnerAccountResponse[]> {
    const accounts = await this.accounts.list(call.caller.platformId, eligibilityOf(call.request));
    return accounts.map(presentAccount);
  }

  @Get('currency/:currency')
  @OwnerRead('accounts:read', {
    operationId: 'getAccountInCurrency',
    summary: 'Get the account in a currency',
    description: 'Unknown currency, currency not available and no account in it are one answer.',
    refusals: ['account_not_found', 'account_frozen'],
  })
  @ApiParam({
    name: 'currency',
    description: 'ISO 4217 code, or a digital one. Case does not matter.',
    schema: { type: 'string' },
    example: 'ZAR',
  })
  @ApiOkResponse({ type: OwnerAccountResponse, description: 'The account.' })
  async getByCurrency(
    @Call() call: CallContext,
    @Param('currency') currency: string,
  ): Promise<OwnerAccountResponse> {
    return presentAccount(
      await this.accounts.getByCurrency(call.caller.platformId, eligibilityOf(call.request), currency),
    );
  }

  @Get(':accountId')
  @OwnerRead('accounts:read', {
    operationId: 'getAccount',
    summary: 'Get an account',
    description: 'An account that is not the owner’s, or whose currency is not available, is not found.',
    refusals: ['account_not_found', 'account_frozen'],
  })
  @ApiParam({
    name: 'accountId',
    description: 'The account, as `id` names it.',
    schema: { type: 'string' },
    example: OWNER_ACCOUNT.id.example,
  })
  @ApiOkResponse({ type: OwnerAccountResponse, description: 'The account.' })
  async get(@Call() call: CallContext, @Param('accountId') accountId: string): Promise<OwnerAccountResponse> {
    return presentAccount(
      await this.accounts.getById(call.caller.platformId, eligibilityOf(call.request), accountId),
    );
  }
}
