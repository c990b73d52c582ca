/** JSON whose numbers keep their source text, so that rounding by the server is visible. */
export type Json = null | boolean | string | Numeral | Json[] | JsonObject;
export interface JsonObject {
  [member: string]: Json;
}

type Revive = (key: string, value: unknown, context?: { source?: string }) => unknown;
const FORM = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** A JSON number with its source text, such as `0.30000000000000004` or `1e-7`. */
export class Numeral {
  constructor(readonly source: string) {}

  /** Number of decimals, without trailing zeros: 2 for `25.50` and for `1e-2`. */
  get decimals(): number {
    return Math.max(0, -this.normal.exponent);
  }

  /** Equal for numerals of the same value: `25.50`, `25.5` and `2.55e1`. */
  get canonical(): string {
    const { sign, digits, exponent } = this.normal;
    return digits === '0' ? '0' : `${sign}${digits}e${exponent}`;
  }

  /** The value in units of 10^-`decimals`. @throws RangeError when it is not a whole number of units, or is too long */
  toUnits(decimals: number): bigint {
    const { sign, digits, exponent } = this.normal;
    const zeros = exponent + decimals;
    if (zeros < 0 || zeros > 100) throw new RangeError(`${this.source} is not a number of such units`);
    return BigInt(`${sign}${digits}${'0'.repeat(zeros)}`);
  }

  /** Serialises the number with its source text. */
  toJSON(): unknown {
    return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(this.source);
  }

  private get normal(): { sign: string; digits: string; exponent: number } {
    const [, sign = '', whole = '0', fraction = '', power = '0'] = FORM.exec(this.source) ?? [];
    const digits = `${whole}${fraction}`.replace(/^0+(?=\d)/, '');
    const kept = digits.replace(/0+$/, '');
    if (kept === '') return { sign: '', digits: '0', exponent: 0 };
    return { sign, digits: kept, exponent: Number(power) - fraction.length + digits.length - kept.length };
  }
}

/** @throws SyntaxError when the text is not JSON */
export function parseExact(text: string): Json {
  const revive: Revive = (_key, value, context) => {
    if (typeof value !== 'number') return value;
    // Every engine since Node 21 passes the source; the project brings its own Node, so this never happens.
    if (context?.source === undefined)
      throw new Error('this version of Node does not provide the source text of JSON numbers');
    return new Numeral(context.source);
  };
  return (JSON.parse as (text: string, revive: Revive) => Json)(text, revive);
}

export function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json) && !(json instanceof Numeral);
}

/** Whether two responses are equal; numbers are compared by value, and members may be in any order. */
export function isSame(one: Json | undefined, other: Json | undefined): boolean {
  return toComparable(one) === toComparable(other);
}

function toComparable(json: Json | undefined): string {
  if (json === undefined) return 'nothing';
  if (json instanceof Numeral) return json.canonical;
  if (Array.isArray(json)) return `[${json.map(toComparable).join()}]`;
  if (!isObject(json)) return JSON.stringify(json);
  const members = Object.keys(json).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${toComparable(json[name])}`).join()}}`;
}
