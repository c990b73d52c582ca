/** No line of ours is longer: 100 e-mail addresses of 100 characters, and then some. */
export const MAX_LINE_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

export interface Line {
  /** Counted from 1, as editors do. */
  number: number;
  /** Without its line break; `null` when it is too long to be looked at. */
  bytes: Buffer | null;
  /** Offset behind its line break, in bytes. */
  end: number;
  /** `false` for a last line that breaks off without a line break. */
  isWhole: boolean;
}

/** Whether a line holds nothing but white space. */
export function isBlank({ bytes }: Line): boolean {
  return bytes?.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09) ?? false;
}

/** Splits bytes into lines as they come, so that it does not matter how many there are. */
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

/** The part of a line that was read so far; forgotten once it is too long. */
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
