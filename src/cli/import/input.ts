import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { UsageError } from '../failure.js';
import { readCells, UnreadableLine } from './csv.js';
import { isBlank, type Line, readLines } from '../../shared/lines.js';

const REQUIRED = ['customerIdentifier', 'accountIdentifier', 'displayName', 'contactEmail'] as const;
const OPTIONAL = ['currencyCode', 'fundingNotification'] as const;
const COLUMNS: readonly Column[] = [...REQUIRED, ...OPTIONAL];

export type Column = (typeof REQUIRED)[number] | (typeof OPTIONAL)[number];
export type Row = Partial<Record<Column, string>>;

/** A file of accounts to open, as `inspect` found it. */
export interface Input {
  path: string;
  /** SHA-256 of the file in hexadecimal. It ties verdicts to the input, independent of the file's name. */
  sha256: string;
  columns: readonly Column[];
  /** Lines below the header. */
  lines: number;
}

/**
 * Reads the whole file once, before an account is opened.
 * @throws UsageError when it cannot be read, or its header has missing, unknown or repeated columns
 */
export async function inspect(path: string): Promise<Input> {
  const hash = createHash('sha256');
  let header: Line | undefined;
  let lines = 0;
  try {
    for await (const line of readLines(hashed(path, hash))) {
      header ??= line;
      lines = line.number - 1;
    }
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
  return { path, sha256: hash.digest('hex'), columns: toColumns(path, header), lines };
}

/** The lines below the header that are not blank. */
export async function* linesBelowHeader({ path }: Input): AsyncGenerator<Line> {
  for await (const line of readLines(chunksOf(path))) {
    if (line.number > 1 && !isBlank(line)) yield line;
  }
}

export function chunksOf(path: string): AsyncIterable<Buffer> {
  return createReadStream(path) as AsyncIterable<Buffer>;
}

/** @throws UnreadableLine also when it has more or fewer cells than the header */
export function toRow(columns: readonly Column[], { bytes }: Line): Row {
  if (bytes === null) throw new UnreadableLine('the line is too long');
  const cells = readCells(bytes);
  if (cells.length !== columns.length)
    throw new UnreadableLine(`the line has ${cells.length} cells, the header ${columns.length}`);
  return Object.fromEntries(columns.map((column, index) => [column, cells[index]]));
}

async function* hashed(path: string, hash: { update(chunk: Buffer): unknown }): AsyncGenerator<Buffer> {
  for await (const chunk of chunksOf(path)) {
    hash.update(chunk);
    yield chunk;
  }
}

/** An unknown column is refused: a misspelt optional column would silently count as missing. */
function toColumns(path: string, header: Line | undefined): readonly Column[] {
  const names = headerCells(path, header);
  const problems = [
    ...REQUIRED.filter((name) => !names.includes(name)).map((name) => `${name} is missing`),
    ...names.filter((name) => !COLUMNS.includes(name as Column)).map((name) => `"${name}" is unknown`),
    ...names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name} is named twice`),
  ];
  if (problems.length > 0)
    throw new UsageError(`${path} has not the header ${COLUMNS.join(',')}: ${problems.join('; ')}`);
  return names as Column[];
}

function headerCells(path: string, header: Line | undefined): string[] {
  try {
    return header?.bytes ? readCells(header.bytes).map((name) => name.trim()) : [];
  } catch (error) {
    throw new UsageError(`the header of ${path} cannot be read: ${(error as Error).message}`);
  }
}
