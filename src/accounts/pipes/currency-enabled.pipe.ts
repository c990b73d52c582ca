import { Injectable, type PipeTransform } from '@nestjs/common';
import { AppError } from '../../shared/app-error.js';
import { CurrencyAvailability } from '../currency-availability.service.js';
import type { OwnerOpening, PlatformOpening, WithStanding } from '../opening.js';
import { currencyRefusal } from '../policies/opening-rules.js';

type CurrencyOpening = WithStanding<OwnerOpening | PlatformOpening>;

/** Early refusal of a currency that the credential does not allow, or that is not enabled in the customer's effective jurisdiction. */
@Injectable()
export class CurrencyEnabledPipe implements PipeTransform<CurrencyOpening, Promise<CurrencyOpening>> {
  constructor(private readonly availability: CurrencyAvailability) {}

  async transform(opening: CurrencyOpening): Promise<CurrencyOpening> {
    const { allowedCurrencies, currencyCode } = opening;
    if (allowedCurrencies !== null && !allowedCurrencies.includes(currencyCode))
      throw new AppError('currency_not_allowed');
    const facts = await this.availability.factsOf(currencyCode, opening.standing.jurisdictionCode);
    const refusal = currencyRefusal(facts);
    if (refusal !== null) throw new AppError(refusal);
    return opening;
  }
}
