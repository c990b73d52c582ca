import { setTimeout as pause } from 'node:timers/promises';
import { type Json, parseExact } from './exact-json.js';

const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
const TRIES_WHEN_THROTTLED = 4;
const LONGEST_PAUSE_MS = 5_000;
const MS = 1_000;

export interface HttpCall {
  method: string;
  /** Path after the base URL, with a leading slash. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  /** Serialised as JSON. */
  body?: unknown;
  /** Sent unchanged. */
  raw?: string;
}

export interface HttpResponse {
  call: HttpCall;
  status: number;
  /** By lower-case name. */
  headers: ReadonlyMap<string, string>;
  text: string;
  /** `undefined` when the body is not JSON. */
  json: Json | undefined;
}

/** The server did not respond to a request, whose result is unknown. */
export class NoResponse extends Error {}

/** Calls one server over HTTP. It follows no redirect, and after a 429 it waits for Retry-After and retries. */
export class HttpClient {
  constructor(
    readonly baseUrl: string,
    private readonly timeoutMs: number,
  ) {}

  /** @throws NoResponse */
  async send(call: HttpCall): Promise<HttpResponse> {
    for (let tries = 1; ; tries++) {
      const answer = await this.sendOnce(call);
      // A throttled request was not executed, so any request can be retried.
      if (answer.status !== 429 || tries === TRIES_WHEN_THROTTLED) return answer;
      const seconds = Number(answer.headers.get('retry-after') ?? 1);
      await pause(Math.min(LONGEST_PAUSE_MS, Math.max(0, seconds || 1) * MS));
    }
  }

  private async sendOnce(call: HttpCall): Promise<HttpResponse> {
    const { method, path, headers = {}, body, raw } = call;
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const type = payload === undefined ? {} : { 'content-type': 'application/json' };
    try {
      const response = await fetch(`${this.baseUrl}${path}`, {
        method,
        redirect: 'manual',
        signal: AbortSignal.timeout(this.timeoutMs),
        headers: { accept: 'application/json', 'user-agent': 'vostro-contract', ...type, ...headers },
        ...(payload === undefined ? {} : { body: payload }),
      });
      const text = await read(response);
      return { call, status: response.status, headers: new Map(response.headers), text, json: toJson(text) };
    } catch (error) {
      throw new NoResponse(this.reasonOf(error));
    }
  }

  private reasonOf(error: unknown): string {
    const { name, message, cause } = error as Error & { cause?: unknown };
    if (name === 'TimeoutError') return `no answer within ${this.timeoutMs / MS} s`;
    const inner = cause instanceof AggregateError ? (cause.errors[0] as Error) : cause;
    return inner instanceof Error ? inner.message : message;
  }
}

/** @throws Error when the body exceeds the maximum size */
async function read(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array;
    size += bytes.length;
    if (size > MAX_ANSWER_BYTES) throw new Error(`an answer of more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function toJson(text: string): Json | undefined {
  try {
    return parseExact(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
