import { type IncomingMessage, createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** A request as the implementations of the contracts receive it. */
export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | undefined>>;
  /** The unparsed body. */
  raw: string;
  /** `null`: not a JSON object. */
  body: Record<string, unknown> | null;
}

export interface Told {
  status: number;
  json: unknown;
  headers?: Record<string, string>;
  /** Sent instead of the JSON. */
  html?: string;
}

export type Serve = (asked: Asked) => Told | Promise<Told>;

/** A small server on a free port. */
export async function listen(serve: Serve): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    void toAsked(request).then(async (asked) => {
      const { status, json, headers = {}, html } = await serve(asked);
      const type = html === undefined ? 'application/json' : 'text/html';
      response.writeHead(status, { 'content-type': type, ...headers });
      response.end(html ?? JSON.stringify(json));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Another implementation, with deliberate faults and none of Vostro's extensions: the documents of Vostro do not
  // apply to it.
  leaveUnwatched(url);
  return {
    url,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function toAsked(request: IncomingMessage): Promise<Asked> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  let raw = '';
  for await (const chunk of request) raw += String(chunk);
  return {
    method: request.method ?? 'GET',
    path: decodeURIComponent(pathname),
    query: searchParams,
    raw,
    headers: request.headers as Asked['headers'],
    body: toObject(raw),
  };
}

function toObject(raw: string): Asked['body'] {
  try {
    const json: unknown = JSON.parse(raw);
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** Minor units as an exact JSON number of major units. */
export function major(minor: bigint, decimals = 2): unknown {
  const digits = (minor < 0n ? -minor : minor).toString().padStart(decimals + 1, '0');
  const [whole, fraction] = [digits.slice(0, -decimals), digits.slice(-decimals).replace(/0+$/, '')];
  const text = `${minor < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
}

export const now = (): string => new Date().toISOString();

/** Widens the race between a read and a write: the first caller waits for a second one, up to a maximum. */
export class Window {
  private release: (() => void) | null = null;

  async wait(): Promise<void> {
    if (this.release !== null) {
      this.release();
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LONGEST_WINDOW_MS);
      this.release = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.release = null;
  }
}

const LONGEST_WINDOW_MS = 500;
