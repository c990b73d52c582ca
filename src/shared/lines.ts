/** Longer than any valid line: room for 100 e-mail addresses of 100 characters, and more. */
export const MAX_LINE_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

export interface Line {
  /** From 1. */
  number: number;
  /** Without its line break; `null` when the line is too long. */
  bytes: Buffer | null;
  /** Offset in bytes after its line break. */
  end: number;
  /** `false` for a last line without a line break. */
  isWhole: boolean;
}

/** Whether a line is empty or consists of white space. */
export function isBlank({ bytes }: Line): boolean {
  return bytes?.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09) ?? false;
}

/** Splits a stream of bytes into lines; memory does not grow with the number of lines. */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  const held = new HeldLine();
  let [number, end] = [0, 0];
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      held.add(chunk.subarray(from, at));
      from = at + 1;
      yield { number: ++number, bytes: held.take(), end: end + from, isWhole: true };
    }
    held.add(chunk.subarray(from));
    end += chunk.length;
  }
  if (!held.isEmpty) yield { number: ++number, bytes: held.take(), end, isWhole: false };
}

/** The part of a line that was read so far; discarded when the line is too long. */
class HeldLine {
  private parts: Buffer[] = [];
  private size = 0;

  get isEmpty(): boolean {
    return this.size === 0;
  }

  add(part: Buffer): void {
    this.size += part.length;
    if (this.size <= MAX_LINE_BYTES) this.parts.push(part);
    else this.parts = [];
  }

  take(): Buffer | null {
    const bytes = this.size <= MAX_LINE_BYTES ? Buffer.concat(this.parts) : null;
    this.parts = [];
    this.size = 0;
    return bytes;
  }
}
