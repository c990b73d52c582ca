import type { Exchange } from './exchange';

type Fetch = typeof globalThis.fetch;

/** Servers other than Vostro, by `host:port`; their responses are not checked. */
export type Strangers = ReadonlySet<string>;

/**
 * `fetch` that also passes on the request and the response, once the response is complete. An aborted response rejects,
 * and is not checked.
 */
export function watchedFetch(
  fetch: Fetch,
  strangers: Strangers,
  hand: (reading: Promise<Exchange>) => void,
): Fetch {
  return async (input, init) => {
    const { host, hostname, pathname, search } = new URL(input instanceof Request ? input.url : input);
    if (hostname !== '127.0.0.1' || strangers.has(host)) return fetch(input, init);
    // A request body can be read only once, so it is cloned before it is sent.
    const request = input instanceof Request ? input.clone() : undefined;
    const response = await fetch(input, init);
    hand(exchangeOf(pathname + search, { request, init }, response.clone()));
    return response;
  };
}

async function exchangeOf(
  url: string,
  { request, init }: { request: Request | undefined; init: Parameters<Fetch>[1] },
  response: Response,
): Promise<Exchange> {
  const body = init?.body;
  return {
    method: init?.method ?? request?.method ?? 'GET',
    url,
    sent: Object.fromEntries(new Headers(init?.headers ?? request?.headers)),
    payload: await payloadOf(request, body),
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: await response.text(),
  };
}

async function payloadOf(request: Request | undefined, body: unknown): Promise<string | undefined> {
  if (typeof body === 'string' || body instanceof URLSearchParams) return String(body);
  return request?.body ? request.text() : undefined;
}
