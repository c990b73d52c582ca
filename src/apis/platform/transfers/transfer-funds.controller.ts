import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Call } from '../../../http/call.decorator.js';
import { FundsTransfersService } from '../../../payments/funds-transfers.service.js';
import { PLATFORM_BASE } from '../errors.js';
import { PlatformWrite } from '../platform-operation.decorator.js';
import {
  presentFundsTransfer,
  type TransferFundsCommand,
  TransferFundsPipe,
  TransferFundsRequest,
  TransferFundsResponse,
} from './transfer-funds.dto.js';

/** Below the base path only, as its contract has it. */
@ApiTags('Transfers')
@Controller(`${PLATFORM_BASE.slice(1)}/transferFunds`)
export class TransferFundsController {
  constructor(private readonly transfers: FundsTransfersService) {}

  @Post()
  @HttpCode(200)
  @PlatformWrite('transfers:write', {
    operationId: 'transferFunds',
    summary: 'Transfer funds between two accounts',
    description:
      'Both are of this platform and of one currency. Under an `externalRefID` it is done once: the same request ' +
      'again gets the same transfer, another one is refused.',
    refusals: [
      'account_not_found',
      'platform_not_verified',
      'customer_suspended',
      'account_frozen',
      'account_not_active',
      'debits_restricted',
      'insufficient_funds',
      'balance_limit_exceeded',
      'currency_mismatch',
      'reference_taken',
    ],
  })
  @ApiBody({ type: TransferFundsRequest })
  @ApiOkResponse({ type: TransferFundsResponse, description: 'The transfer; it is done.' })
  async transfer(
    @Call(TransferFundsPipe) { order, audit, claim }: TransferFundsCommand,
  ): Promise<TransferFundsResponse> {
    return presentFundsTransfer(await this.transfers.transfer(order, { audit, claim }));
  }
}
