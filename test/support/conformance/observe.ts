import type { Exchange } from './exchange.js';

/** Header values as clients give them. */
type Given = Readonly<Record<string, string | string[] | number | undefined>>;

declare global {
  /** Put there by the test environment: holds an exchange against the API documents. */
  var observeExchange: (exchange: Exchange) => void;
  /** Put there by the test environment: what this server answers is not held against the API documents. */
  var leaveUnwatched: (url: string) => void;
}

/** For clients other than `fetch`, which is watched anyway: an exchange that the documents do not allow fails the test. */
export function observe(
  exchange: Omit<Exchange, 'sent' | 'headers'> & { sent: Given; headers: Given },
): void {
  globalThis.observeExchange({
    ...exchange,
    sent: plain(exchange.sent),
    headers: plain(exchange.headers),
  });
}

function plain(headers: Given): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name.toLowerCase(), [value].flat().join(', ')]),
  );
}
