/** A message of a client (PostgreSQL documentation, Message Formats). */
export interface FrontendMessage {
  /** One letter; none for the first message of a connection. */
  type: string;
  /** The whole message, with its type and its length. */
  bytes: Buffer;
}

const LENGTH_BYTES = 4;

/** Splits what a client sends into messages. The client must not ask for encryption. */
export class FrontendMessages {
  private rest = Buffer.alloc(0);
  private isStarted = false;

  /** @returns the messages that the chunk completes */
  push(chunk: Buffer): FrontendMessage[] {
    this.rest = Buffer.concat([this.rest, chunk]);
    const complete: FrontendMessage[] = [];
    for (let next = this.take(); next !== undefined; next = this.take()) complete.push(next);
    return complete;
  }

  private take(): FrontendMessage | undefined {
    const typeBytes = this.isStarted ? 1 : 0;
    if (this.rest.length < typeBytes + LENGTH_BYTES) return undefined;
    const size = typeBytes + this.rest.readUInt32BE(typeBytes);
    if (this.rest.length < size) return undefined;
    const bytes = this.rest.subarray(0, size);
    this.rest = this.rest.subarray(size);
    this.isStarted = true;
    return { type: bytes.toString('latin1', 0, typeBytes), bytes };
  }
}

/** A StartupMessage with one more run-time parameter. */
export function withParameter(startup: Buffer, name: string, value: string): Buffer {
  const changed = Buffer.concat([startup.subarray(0, -1), Buffer.from(`${name}\0${value}\0\0`)]);
  changed.writeUInt32BE(changed.length, 0);
  return changed;
}

/** Query: a statement without parameters. */
export function queryMessage(text: string): Buffer {
  const body = Buffer.from(`${text}\0`);
  const head = Buffer.from('Q\0\0\0\0', 'latin1');
  head.writeUInt32BE(LENGTH_BYTES + body.length, 1);
  return Buffer.concat([head, body]);
}

/** The texts that a message begins with, each of which ends with a zero byte. */
export function textsOf({ bytes }: FrontendMessage, count: number): string[] {
  return bytes.toString('utf8', 1 + LENGTH_BYTES).split('\0', count);
}
