import type { Exchange } from './exchange.js';

/** Header values as clients provide them. */
type Given = Readonly<Record<string, string | string[] | number | undefined>>;

declare global {
  /** Set by the test environment: checks an exchange against the API documents. */
  var observeExchange: (exchange: Exchange) => void;
  /** Set by the test environment: responses of this server are not checked against the API documents. */
  var leaveUnwatched: (url: string) => void;
}

/** For clients other than `fetch`, which is observed anyway: an exchange that violates the documents fails the test. */
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
