/** A decimal number in its shortest form: `digits × 10^exponent`, `digits` empty for zero. */
export interface Decimal {
  isNegative: boolean;
  /** Without leading or trailing zeros. */
  digits: string;
  exponent: number;
}

const FORM = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,9}))?$/;

/** Reads a JSON number's text (RFC 8259), such as `10.50` or `1e-2`; `null` for any other text. */
export function parseDecimal(text: string): Decimal | null {
  const match = FORM.exec(text);
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const significant = `${whole}${fraction}`.replace(/^0+/, '');
  const digits = significant.replace(/0+$/, '');
  if (digits === '') return { isNegative: false, digits: '', exponent: 0 };
  const shift = significant.length - digits.length - fraction.length;
  return { isNegative: sign === '-', digits, exponent: Number(exponent) + shift };
}

/**
 * A JSON number that a double cannot represent exactly: it keeps its text, so that it is not rounded to another number.
 */
export class InexactNumber {
  constructor(private readonly source: string) {}

  toJSON(): string {
    return this.source;
  }
}

/** The parsed number; an `InexactNumber` with its text when parsing has changed its value. */
export function exactNumber(value: number, source: string): number | InexactNumber {
  const written = parseDecimal(source);
  const held = parseDecimal(String(value));
  const isExact =
    written !== null &&
    held !== null &&
    written.digits === held.digits &&
    written.exponent === held.exponent &&
    written.isNegative === held.isNegative;
  return isExact ? value : new InexactNumber(source);
}
