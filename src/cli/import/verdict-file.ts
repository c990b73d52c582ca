import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { UsageError } from '../failure.js';
import { readCells } from './csv.js';
import { chunksOf } from './input.js';
import { toCsvLine } from '../../shared/csv.js';
import { readLines } from '../../shared/lines.js';
import { type ImportVerdict, type ImportCounts, VERDICT_COLUMNS } from './verdict.js';

const HEADER = toCsvLine(VERDICT_COLUMNS, '\n');

/** Identifies the input of a verdict file. It is stored in a separate file, so that the verdict file is plain CSV. */
interface Origin {
  sha256: string;
  platform: string;
}

/** Verdicts of one input, in the order of its lines. */
export class VerdictFile {
  private constructor(
    private readonly file: number,
    readonly tally: ImportCounts,
    private lastLine: number,
  ) {}

  /** Input lines up to this number have a verdict; 0: none has. */
  get last(): number {
    return this.lastLine;
  }

  /**
   * Continues the file of an earlier run, or creates it. An incomplete last line is removed.
   * @throws UsageError when the file contains anything but verdicts of this input
   */
  static async open(path: string, origin: Origin): Promise<VerdictFile> {
    claimFile(path, origin);
    const { tally, last, end } = existsSync(path) ? await readVerdicts(path) : nothing();
    if (existsSync(path)) truncateSync(path, end);
    const file = openSync(path, 'a');
    if (end === 0) writeSync(file, HEADER);
    return new VerdictFile(file, tally, last);
  }

  append(verdict: ImportVerdict): void {
    writeSync(
      this.file,
      toCsvLine(
        VERDICT_COLUMNS.map((column) => verdict[column]),
        '\n',
      ),
    );
    this.tally[verdict.verdict]++;
    this.lastLine = verdict.line;
  }

  close(): void {
    closeSync(this.file);
  }
}

interface Earlier {
  tally: ImportCounts;
  last: number;
  /** Offset after the last complete line. */
  end: number;
}

function nothing(): Earlier {
  return { tally: { opened: 0, refused: 0, invalid: 0 }, last: 0, end: 0 };
}

/** Written before the verdicts: without it they cannot be assigned to an input. */
function claimFile(path: string, origin: Origin): void {
  const beside = `${path}.origin.json`;
  if (!existsSync(path)) {
    writeFileSync(beside, `${JSON.stringify(origin)}\n`);
    return;
  }
  const found = readOrigin(beside);
  if (found?.sha256 !== origin.sha256 || found.platform !== origin.platform)
    throw new UsageError(`${path} does not hold the verdicts of this input and platform; name another --out`);
}

function readOrigin(path: string): Partial<Origin> | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Partial<Origin> | null;
  } catch {
    return null;
  }
}

async function readVerdicts(path: string): Promise<Earlier> {
  const earlier = nothing();
  for await (const { number, bytes, end, isWhole } of readLines(chunksOf(path))) {
    if (!isWhole) break;
    if (number === 1) assertHeader(path, bytes);
    else note(path, earlier, bytes);
    earlier.end = end;
  }
  return earlier;
}

function assertHeader(path: string, bytes: Buffer | null): void {
  if (`${String(bytes)}\n` !== HEADER) throw new UsageError(`${path} is not a file of verdicts`);
}

function note(path: string, earlier: Earlier, bytes: Buffer | null): void {
  const [line, , verdict = ''] = bytes === null ? [] : readCells(bytes);
  if (!(verdict in earlier.tally) || !(Number(line) > earlier.last))
    throw new UsageError(`${path} was changed: its verdicts are not those of an import`);
  earlier.tally[verdict as ImportVerdict['verdict']]++;
  earlier.last = Number(line);
}
