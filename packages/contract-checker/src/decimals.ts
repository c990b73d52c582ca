/** Decimals of the currencies that do not have two (ISO 4217, list one). */
const DECIMALS: readonly [decimals: number, codes: string][] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
  [8, 'BTC'],
];
/** Decimals of the finest digital currencies. */
const MOST = 18;
const KNOWN = new Map(DECIMALS.flatMap(([decimals, codes]) => codes.split(' ').map((c) => [c, decimals])));
const OF_STATES = new Set(Intl.supportedValuesOf('currency'));

/** The maximum number of decimals of an amount in the currency. */
export function decimalsOf(currency: string): number {
  return KNOWN.get(currency) ?? (OF_STATES.has(currency) ? 2 : MOST);
}
