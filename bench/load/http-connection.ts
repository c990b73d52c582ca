import { connect, type Socket } from 'node:net';
import type { HttpRequest } from './http-request.js';

const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');

/**
 * One kept-alive HTTP/1.1 connection with at most one request in flight. It parses only the status and the length of a
 * response, so that the generator uses little CPU beside the servers that it measures.
 */
export class HttpConnection {
  private received: Buffer = Buffer.alloc(0);
  private onAnswer: ((status: number) => void) | null = null;
  private closed = false;

  private constructor(
    private readonly socket: Socket,
    private readonly host: string,
    private readonly fail: (error: Error) => void,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.receive(chunk);
    });
    socket.on('error', (error) => {
      this.end(error);
    });
    socket.on('close', () => {
      this.end(new Error('the server closed the connection'));
    });
  }

  /**
   * @param fail called when the connection breaks under a request, or a response cannot be parsed: the result of the
   *   request is then unknown, and the counts of the run are invalid
   */
  static async open(url: string, fail: (error: Error) => void): Promise<HttpConnection> {
    const { hostname, port, host } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port) }, () => {
        socket.off('error', reject);
        resolve(new HttpConnection(socket, host, fail));
      });
      socket.once('error', reject);
    });
  }

  /** Whether the server closed it while no request was in flight. */
  get isClosed(): boolean {
    return this.closed;
  }

  send(request: HttpRequest, onAnswer: (status: number) => void): void {
    if (this.onAnswer !== null) throw new Error('a request is under way on this connection');
    this.onAnswer = onAnswer;
    this.socket.write(toText(request, this.host));
  }

  close(): void {
    this.closed = true;
    this.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    try {
      const answer = readAnswer(this.received);
      if (answer === null) return;
      this.received = this.received.subarray(answer.length);
      if (this.received.length > 0 || this.onAnswer === null) throw new Error('more was sent than was asked');
      const { onAnswer } = this;
      this.onAnswer = null;
      onAnswer(answer.status);
    } catch (error) {
      this.end(error as Error);
    }
  }

  private end(error: Error): void {
    if (this.closed) return;
    this.close();
    if (this.onAnswer !== null || this.received.length > 0) this.fail(error);
  }
}

/** The first response in these bytes and its length in bytes; `null` while it is incomplete. */
export function readAnswer(bytes: Buffer): { status: number; length: number } | null {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const head = bytes.toString('latin1', 0, headEnd);
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
  const bodyLength = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (status !== undefined && /\r\ntransfer-encoding: *chunked/i.test(head))
    return readChunked(bytes, Number(status));
  if (status === undefined || bodyLength === undefined)
    throw new Error(`an answer without a status or a length:\n${head}`);
  const length = headEnd + HEAD_END.length + Number(bodyLength);
  return bytes.length < length ? null : { status: Number(status), length };
}

/** A streamed response ends with an empty chunk. Its chunks are JSON lines, which cannot contain these bytes. */
function readChunked(bytes: Buffer, status: number): { status: number; length: number } | null {
  return bytes.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK) ? { status, length: bytes.length } : null;
}

/** @param host value of the Host header */
export function toText({ method, path, headers, body }: HttpRequest, host: string): string {
  let text = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n`;
  for (const [name, value] of Object.entries(headers)) text += `${name}: ${value}\r\n`;
  if (body === undefined) return `${text}\r\n`;
  const length = Buffer.byteLength(body);
  const type = 'content-type' in headers ? '' : 'content-type: application/json\r\n';
  return `${text}${type}content-length: ${length}\r\n\r\n${body}`;
}
