import { setTimeout as delay } from 'node:timers/promises';
import { HttpConnection } from './http-connection.js';
import type { HttpRequest } from './http-request.js';
import type { LoadRecorder } from './load-recorder.js';

const MAX_CONNECTIONS = 256;

/**
 * Sends requests at a steady rate, independent of responses. Latency is measured from the moment a request was due, so
 * that a server that stalls for a second pays for every request due in that second (no coordinated omission); a late
 * timer of the generator affects all subjects alike.
 * @param next creates a request that was not sent before
 */
export async function runOpenLoop(
  { url, ratePerSecond, untilMs }: { url: string; ratePerSecond: number; untilMs: number },
  next: () => HttpRequest,
  tally: LoadRecorder,
): Promise<void> {
  const pool = new ConnectionPool(url);
  const stepMs = 1_000 / ratePerSecond;
  const underWay = new Set<Promise<void>>();
  for (let dueMs = performance.now(); dueMs < untilMs; dueMs += stepMs) {
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await Promise.race([delay(waitMs), pool.broken]);
    tally.countSent();
    const sending = sendDue(pool, next(), dueMs, tally).finally(() => underWay.delete(sending));
    underWay.add(sending);
  }
  await Promise.race([Promise.all(underWay), pool.broken]);
  pool.close();
}

async function sendDue(
  pool: ConnectionPool,
  request: HttpRequest,
  dueMs: number,
  tally: LoadRecorder,
): Promise<void> {
  const connection = await pool.take();
  await new Promise<void>((resolve) => {
    connection.send(request, (status) => {
      tally.countAnswer(status, dueMs);
      pool.giveBack(connection);
      resolve();
    });
  });
}

/**
 * Opens a connection when all are in use. The one used last is used next; connections that the server closed are left
 * out.
 */
class ConnectionPool {
  private readonly idle: HttpConnection[] = [];
  private opened = 0;
  private reject!: (error: Error) => void;
  /** Rejects when a connection breaks under a request. */
  readonly broken = new Promise<never>((_, reject) => {
    this.reject = reject;
  });

  constructor(private readonly url: string) {
    // Errors reject the promise in the race; at other times they are ignored.
    this.broken.catch(() => undefined);
  }

  async take(): Promise<HttpConnection> {
    for (;;) {
      const connection = this.idle.pop();
      if (connection === undefined) break;
      if (!connection.isClosed) return connection;
      this.opened -= 1;
    }
    this.opened += 1;
    if (this.opened > MAX_CONNECTIONS) throw new Error(`${MAX_CONNECTIONS} requests are under way at once`);
    return HttpConnection.open(this.url, this.reject);
  }

  giveBack(connection: HttpConnection): void {
    this.idle.push(connection);
  }

  close(): void {
    for (const connection of this.idle) connection.close();
  }
}
