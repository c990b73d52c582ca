import type { CurrencyView } from '../../../currencies/currencies.service.js';
import { toSystemId } from '../../../shared/object-id.js';
import { ResponseProperty, ResponseKind, ResponseTime, toTime } from '../properties.js';

/** A currency of this bank. */
export class AdminCurrencyResponse {
  @ResponseKind('currency')
  object!: 'currency';

  @ResponseProperty('Its id.', 'cur_ZAR')
  id!: string;

  @ResponseProperty('ISO 4217 code, or a digital currency’s.', 'ZAR')
  code!: string;

  @ResponseProperty('English name.', 'South African rand')
  name!: string;

  @ResponseProperty('Everyday symbol.', 'R')
  symbol!: string;

  @ResponseProperty('Minor-unit digits.', 2, { type: 'integer' })
  decimals!: number;

  @ResponseProperty('Issued by a state, or not.', 'fiat', { enum: ['fiat', 'digital'] })
  kind!: string;

  @ResponseProperty('Whether accounts can be opened in it at all.', true)
  enabled!: boolean;

  @ResponseTime('When it last changed.')
  updatedAt!: string;
}

export function presentCurrency(currency: CurrencyView): AdminCurrencyResponse {
  const { code, name, symbol, decimals, kind, enabled, updatedAt } = currency;
  return {
    object: 'currency',
    id: toSystemId('cur', code),
    code,
    name,
    symbol,
    decimals,
    kind,
    enabled,
    updatedAt: toTime(updatedAt),
  };
}
