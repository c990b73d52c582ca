import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { UsageError } from '../failure.js';
import { readCells } from './csv.js';
import { spoolOf } from './spool.js';
import { isBlank, type Line, readLines } from '../../shared/lines.js';

const REQUIRED = ['customerIdentifier', 'accountIdentifier', 'displayName', 'contactEmail'] as const;
const OPTIONAL = ['currencyCode', 'fundingNotification'] as const;
const COLUMNS: readonly Column[] = [...REQUIRED, ...OPTIONAL];

export type Column = (typeof REQUIRED)[number] | (typeof OPTIONAL)[number];
/** Names standard input on the command line. */
export const STDIN = '-';
const OPENING_BRACE = 0x7b;

/** A file of accounts to open, as `inspect` found it. */
export interface Input {
  path: string;
  /** For messages and the audit trail. */
  name: string;
  /** SHA-256 of the file in hexadecimal. It ties verdicts to the input, independent of the file's name. */
  sha256: string;
  /** Of CSV; `null`: each line is a JSON object (NDJSON). */
  columns: readonly Column[] | null;
  /** Number of the first line with an account: 2 below a header. */
  firstLine: number;
  /** Lines with accounts, including blank ones. */
  lines: number;
  /** Call it at the end. */
  remove: () => void;
}

/**
 * Reads the whole file, or standard input (`-`), once, before an account is opened.
 * @throws UsageError when it cannot be read, or its header has missing, unknown or repeated columns
 */
export async function inspect(given: string): Promise<Input> {
  if (given !== STDIN) return inspectFile(given, { name: basename(given), remove: () => undefined });
  const { path, remove } = await spoolOf(process.stdin);
  try {
    return await inspectFile(path, { name: 'standard input', remove });
  } catch (error) {
    remove();
    throw error;
  }
}

async function inspectFile(path: string, { name, remove }: Pick<Input, 'name' | 'remove'>): Promise<Input> {
  const hash = createHash('sha256');
  let first: Line | undefined;
  let lines = 0;
  try {
    for await (const line of readLines(hashed(path, hash))) {
      first ??= line;
      lines = line.number;
    }
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${(error as Error).message}`);
  }
  const columns = isJson(first) ? null : toColumns(name, first);
  const firstLine = columns === null ? 1 : 2;
  return { path, name, sha256: hash.digest('hex'), columns, firstLine, lines: lines + 1 - firstLine, remove };
}

/** A header of CSV cannot begin with a brace. */
function isJson(first: Line | undefined): boolean {
  return first?.bytes?.find((byte) => byte !== 0x20 && byte !== 0x09) === OPENING_BRACE;
}

/** The lines with accounts that are not blank. */
export async function* linesOf({ path, firstLine }: Input): AsyncGenerator<Line> {
  for await (const line of readLines(chunksOf(path))) {
    if (line.number >= firstLine && !isBlank(line)) yield line;
  }
}

export function chunksOf(path: string): AsyncIterable<Buffer> {
  return createReadStream(path) as AsyncIterable<Buffer>;
}

async function* hashed(path: string, hash: { update(chunk: Buffer): unknown }): AsyncGenerator<Buffer> {
  for await (const chunk of chunksOf(path)) {
    hash.update(chunk);
    yield chunk;
  }
}

/** An unknown column is refused: a misspelt optional column would silently count as missing. */
function toColumns(name: string, header: Line | undefined): readonly Column[] {
  const names = headerCells(name, header);
  const problems = [
    ...REQUIRED.filter((column) => !names.includes(column)).map((column) => `${column} is missing`),
    ...names
      .filter((column) => !COLUMNS.includes(column as Column))
      .map((column) => `"${column}" is unknown`),
    ...names
      .filter((column, index) => names.indexOf(column) !== index)
      .map((column) => `${column} is named twice`),
  ];
  if (problems.length > 0)
    throw new UsageError(`${name} has not the header ${COLUMNS.join(',')}: ${problems.join('; ')}`);
  return names as Column[];
}

function headerCells(name: string, header: Line | undefined): string[] {
  try {
    return header?.bytes ? readCells(header.bytes).map((cell) => cell.trim()) : [];
  } catch (error) {
    throw new UsageError(`the header of ${name} cannot be read: ${(error as Error).message}`);
  }
}
