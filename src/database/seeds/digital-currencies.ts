import type { CurrencyFact } from './iso-4217.js';

/**
 * Digital currencies accounts may be kept in. ISO 4217 gives them no code and so no number: the code is the one
 * trading venues use. The decimals are those of the smallest unit on the ledger (for bitcoin the satoshi).
 */
export const DIGITAL_CURRENCIES: readonly Omit<CurrencyFact, 'number'>[] = [
  { code: 'BTC', name: 'Bitcoin', symbol: '₿', decimals: 8 },
];
