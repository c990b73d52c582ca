import type { CurrencyView } from '../../../currencies/currencies.service.js';
import { toHouseId } from '../../../shared/object-id.js';
import { Shown, ShownKind, ShownTime, toTime } from '../properties.js';

/** A currency of this bank. */
export class AdminCurrencyResponse {
  @ShownKind('currency')
  object!: 'currency';

  @Shown('Its id.', 'cur_ZAR')
  id!: string;

  @Shown('ISO 4217 code, or a digital currency’s.', 'ZAR')
  code!: string;

  @Shown('English name.', 'South African rand')
  name!: string;

  @Shown('Everyday symbol.', 'R')
  symbol!: string;

  @Shown('Minor-unit digits.', 2, { type: 'integer' })
  decimals!: number;

  @Shown('Issued by a state, or not.', 'fiat', { enum: ['fiat', 'digital'] })
  kind!: string;

  @Shown('Whether accounts can be opened in it at all.', true)
  enabled!: boolean;

  @ShownTime('When it last changed.')
  updatedAt!: string;
}

export function presentCurrency(currency: CurrencyView): AdminCurrencyResponse {
  const { code, name, symbol, decimals, kind, enabled, updatedAt } = currency;
  return {
    object: 'currency',
    id: toHouseId('cur', code),
    code,
    name,
    symbol,
    decimals,
    kind,
    enabled,
    updatedAt: toTime(updatedAt),
  };
}
