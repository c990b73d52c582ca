import { Readable } from 'node:stream';
import type { Statement, StatementLine } from '../../../ledger/reports/account-statement.service.js';
import { type CsvCell, type CsvNumber, toCsvLine } from '../../../shared/csv.js';
import { toMajorText } from '../../../shared/money.js';
import { toTenantId } from '../../../shared/object-id.js';
import { toTime } from '../properties.js';

/** Columns of the CSV. The first says what a row is: the balance before, a transfer, or the balance after. */
export const STATEMENT_COLUMNS = [
  'row',
  'postedAt',
  'effectiveDate',
  'transfer',
  'journal',
  'kind',
  'side',
  'counterparty',
  'amount',
  'balance',
  'currency',
  'reference',
  'description',
  'reverses',
  'metadata',
] as const;

type Row = Partial<Record<(typeof STATEMENT_COLUMNS)[number], CsvCell>>;

/** A statement as CSV (RFC 4180). Pages are read only as fast as the client reads the response. */
export function toCsvStream(statement: Statement, pages: AsyncIterable<readonly StatementLine[]>): Readable {
  return Readable.from(toCsv(statement, pages), { objectMode: false });
}

/** The last row is the closing balance: a file without it was cut off. */
async function* toCsv(
  statement: Statement,
  pages: AsyncIterable<readonly StatementLine[]>,
): AsyncGenerator<string> {
  const { from, until, openingMinor, closingMinor, decimals, currencyCode: currency } = statement;
  const opening = { row: 'opening', postedAt: from === null ? null : toTime(from), currency };
  yield toLine([...STATEMENT_COLUMNS]) + toCells({ ...opening, balance: toAmount(openingMinor, decimals) });
  for await (const lines of pages) yield lines.map((line) => toCells(toRow(statement, line))).join('');
  const closing = { row: 'closing', postedAt: toTime(until), currency };
  yield toCells({ ...closing, balance: toAmount(closingMinor, decimals) });
}

function toRow({ account: { platformId }, decimals, currencyCode }: Statement, line: StatementLine): Row {
  const { kind, side, effectiveDate, reference, description, metadata, reversesId } = line;
  const transfer = (id: string): string => toTenantId('trf', platformId, id);
  return {
    row: 'transfer',
    postedAt: toTime(line.postedAt),
    effectiveDate,
    transfer: transfer(line.id),
    journal: transfer(line.journalId),
    kind,
    side,
    currency: currencyCode,
    counterparty: toTenantId('acc', platformId, line.counterpartyId),
    amount: toAmount(BigInt(line.amountMinor), decimals),
    balance: toAmount(BigInt(line.postedMinor), decimals),
    reference,
    description,
    reverses: reversesId === null ? null : transfer(reversesId),
    metadata: Object.keys(metadata).length === 0 ? null : JSON.stringify(metadata),
  };
}

function toAmount(minor: bigint, decimals: number): CsvNumber {
  return { digits: toMajorText(minor, decimals) };
}

function toCells(row: Row): string {
  return toLine(STATEMENT_COLUMNS.map((name) => row[name] ?? null));
}

function toLine(cells: readonly CsvCell[]): string {
  return toCsvLine(cells, '\r\n');
}
