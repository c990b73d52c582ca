/** A number as decimal digits, such as an amount. A `string` cell is text, even if it looks like a number. */
export interface CsvNumber {
  digits: string;
}

export type CsvCell = string | number | CsvNumber | null;

/**
 * Text that a spreadsheet would execute as a formula: it begins with a formula character, also in full-width or small
 * form, also after white space and control characters, which some programs remove (OWASP, "CSV Injection").
 */
const FORMULA = /^(?:[\t\r\n]|[\s\p{C}]*[=+\-@＝＋－＠﹦﹢﹣﹫])/u;
/** Semicolon and tab too: spreadsheets of some countries use them as separators. */
const NEEDS_QUOTES = /[",;\t\r\n]/;

/**
 * One line (RFC 4180), with its line break. Text that a spreadsheet would execute is prefixed with an apostrophe and
 * quoted.
 */
export function toCsvLine(cells: readonly CsvCell[], lineBreak: '\n' | '\r\n'): string {
  return `${cells.map(toCell).join(',')}${lineBreak}`;
}

function toCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'object') return plainDigits(cell);
  if (FORMULA.test(cell)) return quoted(`'${cell}`);
  return NEEDS_QUOTES.test(cell) ? quoted(cell) : cell;
}

function plainDigits({ digits }: CsvNumber): string {
  if (!/^-?\d+(?:\.\d+)?$/.test(digits)) throw new Error('a number of a CSV file is written in digits');
  return digits;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
