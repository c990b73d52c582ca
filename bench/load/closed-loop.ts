import { HttpConnection } from './http-connection.js';
import type { HttpRequest } from './http-request.js';
import type { LoadRecorder } from './load-recorder.js';

/**
 * Each connection sends its next request after the previous response, until the time is over; then requests in flight
 * are awaited, so that every response is counted.
 * @param next creates a request that was not sent before
 */
export async function runClosedLoop(
  { url, connections, untilMs }: { url: string; connections: number; untilMs: number },
  next: () => HttpRequest,
  tally: LoadRecorder,
): Promise<void> {
  await Promise.all(Array.from({ length: connections }, () => runConnection(url, untilMs, next, tally)));
}

async function runConnection(
  url: string,
  untilMs: number,
  next: () => HttpRequest,
  tally: LoadRecorder,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const start = (connection: HttpConnection): void => {
      const send = (): void => {
        const sentMs = performance.now();
        if (sentMs >= untilMs) {
          connection.close();
          resolve();
          return;
        }
        tally.countSent();
        connection.send(next(), (status) => {
          tally.countAnswer(status, sentMs);
          send();
        });
      };
      send();
    };
    HttpConnection.open(url, reject).then(start).catch(reject);
  });
}
