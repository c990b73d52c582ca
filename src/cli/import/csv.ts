import { parse } from 'csv-parse/sync';

/** A line that is not CSV, or not UTF-8; the message names the problem. */
export class UnreadableLine extends Error {}

/**
 * Parses the cells of one line. Each line is parsed by itself, so that an unclosed quote invalidates only its own line;
 * a cell of these files cannot contain a line break.
 * @throws UnreadableLine
 */
export function readCells(bytes: Buffer): string[] {
  const text = readText(bytes).replace(/\r$/, '');
  try {
    // Without an explicit delimiter, a lone carriage return in a cell would be taken for the end of the line.
    const [cells = []] = parse(text, { record_delimiter: '\n', relax_column_count: true });
    return cells;
  } catch (error) {
    throw new UnreadableLine((error as Error).message.replaceAll(/\s+/g, ' '));
  }
}

/** The decoder removes a byte order mark, which some programs write before the first line. */
function readText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableLine('not UTF-8');
  }
}
