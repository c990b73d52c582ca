import { parseDecimal } from './decimal.js';

/** No amount reaches 10^15 minor units (a database check), so its decimal form fits a double exactly. */
export const MAX_AMOUNT_MINOR = 10n ** 15n;

/**
 * Minor units as a JSON number of major units: `toMajorNumber(2550n, 2)` is `25.5`.
 *
 * Exact: at most 15 significant digits, and every such decimal survives the round trip through a double.
 * @throws RangeError when the amount is out of the range the database holds.
 */
export function toMajorNumber(amountMinor: bigint, decimals: number): number {
  if (amountMinor >= MAX_AMOUNT_MINOR || amountMinor <= -MAX_AMOUNT_MINOR)
    throw new RangeError('amount out of range');
  return Number(toMajorText(amountMinor, decimals));
}

/** Minor units as decimal text of major units, however many there are: `toMajorText(2550n, 2)` is `25.50`. */
export function toMajorText(amountMinor: bigint, decimals: number): string {
  const magnitude = amountMinor < 0n ? -amountMinor : amountMinor;
  const digits = magnitude.toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals);
  const sign = amountMinor < 0n ? '-' : '';
  return decimals === 0 ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

/**
 * A JSON number of major units as minor units, exactly: `toMinorUnits(25.5, 2)` is `2550n`. `null` when it has more
 * decimals than the currency.
 * @param amount finite, and of fewer than 16 digits, so that its shortest decimal form is how it was written
 */
export function toMinorUnits(amount: number, decimals: number): bigint | null {
  const decimal = parseDecimal(String(amount));
  if (decimal === null) throw new RangeError('not a finite number');
  const places = decimal.exponent + decimals;
  if (places < 0) return null;
  // Far more than any amount: avoids writing out the zeros of 1e300.
  if (decimal.digits.length + places > 30) return decimal.isNegative ? -(10n ** 30n) : 10n ** 30n;
  const magnitude = BigInt(`${decimal.digits}${'0'.repeat(places)}` || '0');
  return decimal.isNegative ? -magnitude : magnitude;
}

/** Minor units as a JSON integer. @throws RangeError as `toMajorNumber`. */
export function toMinorNumber(amountMinor: bigint): number {
  return toMajorNumber(amountMinor, 0);
}
