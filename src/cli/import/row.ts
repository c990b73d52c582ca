import { readJsonLine } from '../../http/raw-body.js';
import { AppError } from '../../shared/app-error.js';
import type { Line } from '../../shared/lines.js';
import { readCells } from './csv.js';
import type { Column, Input } from './input.js';
import { UnreadableLine } from './unreadable-line.js';

/** What a line says about an account. */
export interface Row {
  customerIdentifier: string;
  /** As in the line, for the verdict. */
  accountIdentifier: string;
  /** The body of an opening of the platform API. */
  body: Record<string, unknown>;
}

/** @throws UnreadableLine */
export function toRow({ columns }: Pick<Input, 'columns'>, { bytes }: Line): Row {
  if (columns === null) return jsonRow(bytes);
  return csvRow(columns, bytes);
}

function jsonRow(bytes: Buffer | null): Row {
  if (bytes === null) throw new UnreadableLine('json_unreadable', 'the line is too long');
  const { customerIdentifier, ...body } = readObject(bytes);
  return {
    customerIdentifier: typeof customerIdentifier === 'string' ? customerIdentifier : '',
    accountIdentifier: typeof body.accountIdentifier === 'string' ? body.accountIdentifier : '',
    body,
  };
}

function readObject(bytes: Buffer): Record<string, unknown> {
  try {
    return readJsonLine(bytes);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new UnreadableLine('json_unreadable', 'not a JSON object in UTF-8 with each member once');
  }
}

/** Also refuses a line with more or fewer cells than the header. */
function csvRow(columns: readonly Column[], bytes: Buffer | null): Row {
  if (bytes === null) throw new UnreadableLine('csv_unreadable', 'the line is too long');
  const cells = readCells(bytes);
  if (cells.length !== columns.length)
    throw new UnreadableLine(
      'csv_unreadable',
      `the line has ${cells.length} cells, the header ${columns.length}`,
    );
  const row: Partial<Record<Column, string>> = Object.fromEntries(
    columns.map((column, index) => [column, cells[index]]),
  );
  const { customerIdentifier = '', accountIdentifier = '', currencyCode = '', fundingNotification } = row;
  const { displayName, contactEmail } = row;
  const notified = toEmails(fundingNotification).map((emailAddress) => ({ emailAddress }));
  const body = { accountIdentifier, displayName, contactEmail, fundingNotification: notified };
  return {
    customerIdentifier,
    accountIdentifier,
    body: currencyCode === '' ? body : { ...body, currencyCode },
  };
}

function toEmails(cell = ''): string[] {
  return cell
    .split(';')
    .map((email) => email.trim())
    .filter((email) => email !== '');
}
