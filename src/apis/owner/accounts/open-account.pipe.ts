import { Injectable, type PipeTransform } from '@nestjs/common';
import { CurrencyAvailability } from '../../../accounts/currency-availability.service.js';
import type { OwnerOpening } from '../../../accounts/opening/opening.js';
import { OpeningRefusals } from '../../../accounts/opening/opening-refusals.service.js';
import { isCurrencyCode } from '../../../accounts/opening/opening-rules.js';
import { readBody } from '../../../http/body.js';
import { auditContextOf, type CallContext, claimOf, subjectOf } from '../../../http/call.decorator.js';
import { AppError } from '../../../shared/app-error.js';
import { presentAccount } from './account.response.js';
import { OpenOwnerAccountRequest } from './open-account.request.js';

/** Checks the body's form and makes it an opening. */
@Injectable()
export class OpenOwnerAccountPipe implements PipeTransform<CallContext, Promise<OwnerOpening>> {
  constructor(
    private readonly availability: CurrencyAvailability,
    private readonly refusals: OpeningRefusals,
  ) {}

  async transform(call: CallContext): Promise<OwnerOpening> {
    const { currency } = readBody(OpenOwnerAccountRequest, call);
    if (!isCurrencyCode(currency, await this.availability.digitalCodes()))
      throw new AppError('currency_malformed');
    const opening: OwnerOpening = {
      channel: 'owner',
      platformId: call.caller.platformId,
      customerId: subjectOf(call).customerId,
      currencyCode: currency.toUpperCase(),
      audit: auditContextOf(call),
      allowedCurrencies: call.caller.allowedCurrencies,
      claim: claimOf(call, 201, presentAccount),
    };
    call.request.describeRefusal = (error) => this.refusals.describe(opening, error);
    return opening;
  }
}
