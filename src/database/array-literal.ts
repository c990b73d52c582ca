/**
 * An element that needs no quotes in an array literal of any type. NULL is excluded, because it would mean a null
 * element.
 */
const PLAIN = /^(?!null$)[\w.:+-]+$/i;

/**
 * Values of one type as the text of a PostgreSQL array parameter.
 *
 * `pg` can make such texts, but quotes and copies each value; hot statements have fifty values a row.
 * @throws TypeError for a value that no column has: objects must be serialised to JSON first
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
