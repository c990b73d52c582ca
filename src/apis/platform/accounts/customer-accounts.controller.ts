import { Controller, Get, Patch, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AccountAmendments } from '../../../accounts/lifecycle/account-amendments.service.js';
import { AccountOpeningService } from '../../../accounts/opening/account-opening.service.js';
import type { PlatformOpening } from '../../../accounts/opening/opening.js';
import { CurrencyEnabledPipe } from '../../../accounts/opening/pipes/currency-enabled.pipe.js';
import { KycApprovedPipe } from '../../../accounts/opening/pipes/kyc-approved.pipe.js';
import { NotDuplicatePipe } from '../../../accounts/opening/pipes/not-duplicate.pipe.js';
import { Call, type CallContext, subjectOf } from '../../../http/call.decorator.js';
import { PLATFORM_BASE } from '../errors.js';
import { CustomerAllowedGuard, CustomerFoundGuard } from '../guards.js';
import {
  AccountIdentifierParam,
  CustomerIdentifierParam,
  PlatformChange,
  PlatformOpens,
  PlatformRead,
} from '../platform-operation.decorator.js';
import { PlatformAccountResponse, presentAccount } from './account.response.js';
import { AccountListing, type AccountListResponse } from './account-listing.service.js';
import { AccountList, type AccountListCommand, AccountListDocs } from './list-accounts.query.js';
import {
  AmendPlatformAccountPipe,
  AmendPlatformAccountRequest,
  type AmendCommand,
} from './amend-account.pipe.js';
import { OpenPlatformAccountPipe } from './open-account.pipe.js';
import { OpenPlatformAccountRequest } from './open-account.request.js';

@ApiTags('Accounts')
@Controller([
  'customers/:customerIdentifier/accounts',
  `${PLATFORM_BASE.slice(1)}/customers/:customerIdentifier/accounts`,
])
export class CustomerAccountsController {
  constructor(
    private readonly opening: AccountOpeningService,
    private readonly amendments: AccountAmendments,
    private readonly listing: AccountListing,
  ) {}

  @Post()
  @PlatformOpens('accounts:write', {
    operationId: 'openAccount',
    summary: 'Open an account under a customer',
    description:
      'Opens an account for an approved customer of this platform. A customer that is unknown or another ' +
      'platform’s is refused as not authorised.',
    refusals: [
      'currency_malformed',
      'customer_not_allowed',
      'platform_not_verified',
      'customer_suspended',
      'kyc_not_approved',
      'currency_not_allowed',
      'account_identifier_taken',
    ],
    guards: [CustomerAllowedGuard],
  })
  @CustomerIdentifierParam()
  @ApiBody({ type: OpenPlatformAccountRequest })
  @ApiCreatedResponse({ type: PlatformAccountResponse, description: 'The account, with a balance of zero.' })
  async open(
    @Call(OpenPlatformAccountPipe, KycApprovedPipe, CurrencyEnabledPipe, NotDuplicatePipe)
    opening: PlatformOpening,
  ): Promise<PlatformAccountResponse> {
    return presentAccount(await this.opening.open(opening));
  }

  @Get()
  @PlatformRead('accounts:read', {
    operationId: 'listCustomerAccounts',
    summary: 'List the accounts of a customer',
    description: 'All that match, or with `paginate=true` one page of them.',
    refusals: ['validation_failed', 'customer_not_found', 'result_too_large'],
    guards: [CustomerFoundGuard],
  })
  @CustomerIdentifierParam()
  @AccountListDocs()
  async list(
    @Call() call: CallContext,
    @AccountList() { filter, ...more }: AccountListCommand,
  ): Promise<AccountListResponse> {
    const { customerId } = subjectOf(call);
    return this.listing.list(call.caller.platformId, { filter: { ...filter, customerId }, ...more });
  }

  @Patch(':accountIdentifier')
  @PlatformChange('accounts:write', {
    operationId: 'changeAccount',
    summary: 'Change an account of a customer',
    description: 'What is missing or null stays as it is.',
    refusals: ['customer_not_found', 'account_not_found', 'transition_not_allowed'],
    guards: [CustomerFoundGuard],
  })
  @CustomerIdentifierParam()
  @AccountIdentifierParam()
  @ApiBody({ type: AmendPlatformAccountRequest })
  @ApiOkResponse({ type: PlatformAccountResponse, description: 'The account.' })
  async amend(
    @Call(AmendPlatformAccountPipe) { selection, change, audit }: AmendCommand,
  ): Promise<PlatformAccountResponse> {
    return presentAccount(await this.amendments.amend(selection, change, audit));
  }
}
