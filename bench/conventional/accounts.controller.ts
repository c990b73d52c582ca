import { Body, Controller, Headers, Post, Req, UseGuards } from '@nestjs/common';
import { ConventionalAccountsService, type OpenedAccount } from './accounts.service.js';
import { ApiKeyGuard, type AuthenticatedRequest } from './api-key.guard.js';
import { OpenAccountDto } from './open-account.dto.js';

@Controller('api/v1/accounts')
@UseGuards(ApiKeyGuard)
export class AccountsController {
  constructor(private readonly accounts: ConventionalAccountsService) {}

  @Post()
  async open(
    @Req() { customerId }: AuthenticatedRequest,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Body() { currency }: OpenAccountDto,
  ): Promise<OpenedAccount> {
    return this.accounts.open({ customerId, currency, idempotencyKey });
  }
}
