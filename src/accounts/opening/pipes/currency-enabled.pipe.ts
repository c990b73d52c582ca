import { Injectable, type PipeTransform } from '@nestjs/common';
import type { OwnerOpening, PlatformOpening, WithFacts } from '../opening.js';
import { currencyRefusal, refusedEarly } from '../opening-rules.js';

type CurrencyOpening = WithFacts<OwnerOpening | PlatformOpening>;

/**
 * Refuses, before the opening transaction starts, a currency that the credential does not allow or that is not enabled
 * in the customer's effective jurisdiction.
 */
@Injectable()
export class CurrencyEnabledPipe implements PipeTransform<CurrencyOpening, CurrencyOpening> {
  transform(opening: CurrencyOpening): CurrencyOpening {
    const { allowedCurrencies, currencyCode, facts, channel } = opening;
    if (allowedCurrencies !== null && !allowedCurrencies.includes(currencyCode))
      throw refusedEarly('currency_not_allowed', channel, facts);
    const refusal = currencyRefusal(facts);
    if (refusal !== null) throw refusedEarly(refusal, channel, facts);
    return opening;
  }
}
