import type { CurrencyFact } from './iso-4217.js';

/**
 * Digital currencies that accounts may be kept in. ISO 4217 assigns them neither code nor number; the code is the one
 * that trading venues use. The decimals are those of the smallest unit on the ledger (for bitcoin the satoshi).
 */
export const DIGITAL_CURRENCIES: readonly Omit<CurrencyFact, 'number'>[] = [
  { code: 'BTC', name: 'Bitcoin', symbol: '₿', decimals: 8 },
];
