import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { eligibilityOf } from '../../../accounts/opening/guards/kyc-approved.guard.js';
import { CurrencyAvailability } from '../../../accounts/currency-availability.service.js';
import { Call, type CallContext } from '../../../http/call.decorator.js';
import { OWNER_PATH } from '../errors.js';
import { OwnerRead } from '../owner-operation.decorator.js';
import { OwnerCurrencyResponse, presentCurrency } from './currency.response.js';

@ApiTags('Currencies')
@Controller(`${OWNER_PATH.slice(1)}/currencies`)
export class OwnerCurrenciesController {
  constructor(private readonly availability: CurrencyAvailability) {}

  @Get()
  @OwnerRead('accounts:read', {
    operationId: 'listCurrencies',
    summary: 'List currencies',
    description: 'The currencies in which this owner may open an account now.',
    refusals: [],
  })
  @ApiOkResponse({ type: [OwnerCurrencyResponse], description: 'By code.' })
  async list(@Call() call: CallContext): Promise<OwnerCurrencyResponse[]> {
    const currencies = await this.availability.availableIn(eligibilityOf(call.request).jurisdictionCode);
    return currencies.map(presentCurrency);
  }
}
