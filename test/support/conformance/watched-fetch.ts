import type { Exchange } from './exchange';

type Fetch = typeof globalThis.fetch;

/**
 * `fetch` that also hands on what was sent and answered, once the answer is there as a whole. An answer that broke
 * off rejects, and says nothing.
 */
export function watchedFetch(fetch: Fetch, hand: (reading: Promise<Exchange>) => void): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const { hostname, pathname, search } = new URL(input instanceof Request ? input.url : input);
    if (hostname === '127.0.0.1') hand(exchangeOf(pathname + search, { input, init }, response.clone()));
    return response;
  };
}

async function exchangeOf(
  url: string,
  { input, init }: { input: Parameters<Fetch>[0]; init: Parameters<Fetch>[1] },
  response: Response,
): Promise<Exchange> {
  const request = input instanceof Request ? input : undefined;
  const body = init?.body;
  return {
    method: init?.method ?? request?.method ?? 'GET',
    url,
    sent: Object.fromEntries(new Headers(init?.headers ?? request?.headers)),
    payload: typeof body === 'string' || body instanceof URLSearchParams ? String(body) : undefined,
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: await response.text(),
  };
}
