import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { REASON } from './admin.js';
import type { KeyHeaders } from './factories.js';
import type { TestResponse, World } from './world.js';

export const NDJSON = 'application/x-ndjson';

export interface ReceivedVerdict {
  line: number;
  idempotencyKey: string | null;
  replayed: boolean;
  status: string;
  account?: { id: string } & Record<string, unknown>;
  transfer?: { id: string } & Record<string, unknown>;
  error?: { code: string } & Record<string, unknown>;
}

export interface ReceivedBulkResponse extends TestResponse {
  verdicts: ReceivedVerdict[];
  /** `undefined`: the response was aborted. */
  summary: Record<string, unknown> | undefined;
}

/** A line to send: an object, or a text or bytes that are sent unchanged. */
export type SentLine = object | string | Buffer;

export const toNdjson = (lines: readonly SentLine[]): Buffer =>
  Buffer.concat(lines.flatMap((line) => [bytesOf(line), Buffer.from('\n')]));

function bytesOf(line: SentLine): Buffer {
  if (Buffer.isBuffer(line)) return line;
  return Buffer.from(typeof line === 'string' ? line : JSON.stringify(line));
}

export function readVerdicts(text: string): Pick<ReceivedBulkResponse, 'verdicts' | 'summary'> {
  const objects = (text.match(/.+/g) ?? []).map((line) => JSON.parse(line) as object);
  const last = objects.at(-1);
  const summary =
    last !== undefined && 'summary' in last ? (last.summary as ReceivedBulkResponse['summary']) : undefined;
  return { verdicts: objects.slice(0, summary === undefined ? undefined : -1) as ReceivedVerdict[], summary };
}

/** Sends all lines and reads all verdicts. @param path below `/admin` */
export async function sendLines(
  world: World,
  path: string,
  { headers, lines }: { headers: KeyHeaders; lines: readonly SentLine[] },
): Promise<ReceivedBulkResponse> {
  const raw = toNdjson(lines);
  const answer = await world.send('POST', `/admin${path}`, {
    headers: { 'content-type': NDJSON, ...headers },
    raw,
  });
  return { ...answer, ...readVerdicts(answer.text) };
}

/** The status of a verdict, with the code of a refusal. */
export const endOf = ({ status, error }: ReceivedVerdict): string =>
  error === undefined ? status : `${status} ${error.code}`;

interface Customer {
  platformId: string;
  identifier: string;
}

/** A line that opens an account for the platform API. */
export function anAccountLine({ platformId, identifier }: Customer, name: string, more: object = {}): object {
  return {
    idempotencyKey: `key-${name}`,
    channel: 'platform',
    platform: `plt_${platformId}`,
    reason: REASON,
    customerIdentifier: identifier,
    accountIdentifier: name,
    displayName: `Account ${name}`,
    contactEmail: 'ops@example.com',
    ...more,
  };
}

/** A bulk call that sends lines one by one, and reads verdicts when the test wants them. */
export class BulkStream {
  private readonly request: ClientRequest;
  private readonly answered: Promise<IncomingMessage>;
  private response: AsyncIterator<Buffer> | undefined;
  private unread = '';

  constructor(url: string, path: string, headers: KeyHeaders) {
    const options = { method: 'POST', headers: { 'content-type': NDJSON, ...headers }, agent: false };
    this.request = request(`${url}/admin${path}`, options);
    this.answered = once(this.request, 'response').then(([response]) => response as IncomingMessage);
    // A client that disconnects does not wait for a response.
    this.answered.catch(() => undefined);
    this.request.on('error', () => undefined);
  }

  /** Returns whether the connection's buffer has room for more. */
  send(lines: readonly SentLine[]): boolean {
    return this.request.write(toNdjson(lines));
  }

  /** Whether there is room again within this time. */
  async drains(withinMs: number): Promise<boolean> {
    if (!this.request.writableNeedDrain) return true;
    const waiting = new AbortController();
    const late = delay(withinMs, false, { signal: waiting.signal });
    const drained = once(this.request, 'drain', { signal: waiting.signal }).then(() => true);
    drained.catch(() => undefined);
    late.catch(() => undefined);
    const isDrained = await Promise.race([drained, late]);
    waiting.abort();
    return isDrained;
  }

  end(): void {
    this.request.end();
  }

  hangUp(): void {
    this.request.destroy();
  }

  /** The next line of the response; `null` at its end. */
  async next(): Promise<string | null> {
    const response = await this.answered;
    this.response ??= response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    for (let end = this.unread.indexOf('\n'); ; end = this.unread.indexOf('\n')) {
      if (end !== -1) {
        const line = this.unread.slice(0, end);
        this.unread = this.unread.slice(end + 1);
        return line;
      }
      const chunk = await this.response.next();
      if (chunk.done === true) return this.takeUnread();
      this.unread += chunk.value.toString();
    }
  }

  /** A last line without a line break, as in a response that is not NDJSON. */
  private takeUnread(): string | null {
    const line = this.unread;
    this.unread = '';
    return line === '' ? null : line;
  }

  /** All remaining lines of the response. */
  async rest(): Promise<Pick<ReceivedBulkResponse, 'verdicts' | 'summary'>> {
    const lines: string[] = [];
    for (let line = await this.next(); line !== null; line = await this.next()) lines.push(line);
    return readVerdicts(lines.join('\n'));
  }
}
