import { parse } from 'csv-parse/sync';
import { UnreadableLine } from './unreadable-line.js';

/** Instead of the parser's messages, which name the line within its input: always 1, because lines are parsed singly. */
const PROBLEMS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed before the end of the line',
  CSV_INVALID_CLOSING_QUOTE: 'a quote inside a quoted cell is not doubled',
  INVALID_OPENING_QUOTE: 'a quote is inside a cell that is not quoted',
};

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
    const { code = '', message } = error as Error & { code?: string };
    throw new UnreadableLine('csv_unreadable', PROBLEMS[code] ?? message.replaceAll(/\s+/g, ' '));
  }
}

/** The decoder removes a byte order mark, which some programs write before the first line. */
function readText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableLine('csv_unreadable', 'not UTF-8');
  }
}
