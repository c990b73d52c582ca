/** Needs no quotes in an array, whatever the type: no word of it is NULL, which would stand for nothing. */
const PLAIN = /^(?!null$)[\w.:+-]+$/i;

/**
 * Values of one type as the text of a PostgreSQL array, as they stand in a parameter.
 *
 * `pg` makes such texts too, but quotes and copies each value; the statements of the hot path have fifty of them a row.
 * @throws TypeError for a value that is none of a column: an object is to be written as JSON by whoever knows it
 */
export function arrayLiteral(values: readonly unknown[]): string {
  let text = '';
  for (const value of values) text += `,${element(value)}`;
  return `{${text.slice(1)}}`;
}

function element(value: unknown): string {
  if (typeof value === 'string') return PLAIN.test(value) ? value : quoted(value);
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  if (value instanceof Date) return `"${value.toISOString()}"`;
  if (Buffer.isBuffer(value)) return `"\\\\x${value.toString('hex')}"`;
  throw new TypeError(`not a value of a column: ${typeof value}`);
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
