import { parse } from 'csv-parse/sync';

/** A line that is not CSV, or not UTF-8; the message says what is wrong with it. */
export class UnreadableLine extends Error {}

/**
 * The cells of one line. Each line is read for itself, so that a quote that is never closed spoils its own line and
 * not all that follow; no cell of these files may hold a line break.
 * @throws UnreadableLine
 */
export function readCells(bytes: Buffer): string[] {
  const text = readText(bytes).replace(/\r$/, '');
  try {
    // Without a named delimiter, a lone carriage return in a cell would be taken for the end of the line.
    const [cells = []] = parse(text, { record_delimiter: '\n', relax_column_count: true });
    return cells;
  } catch (error) {
    throw new UnreadableLine((error as Error).message.replaceAll(/\s+/g, ' '));
  }
}

/** The decoder leaves out a byte order mark, which some programs put before the first line. */
function readText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableLine('not UTF-8');
  }
}
