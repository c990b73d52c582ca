import type { KeyHeaders } from './factories.js';

/** A request that may be retried any number of times, and takes effect once. */
export interface LoadRequest {
  path: string;
  headers: KeyHeaders;
  body: object;
  /** Finds the effect: the table, and the reference or identifier in it. */
  effect: { table: 'transfers' | 'holds' | 'accounts'; key: string };
}

export interface LoadAnswer {
  status: number;
  text: string;
  retryAfter: string | null;
}

/** A request and its first definitive response. The times are of `performance.now()`. */
export interface Acknowledged {
  request: LoadRequest;
  answer: LoadAnswer;
  sentAt: number;
  answeredAt: number;
}

export interface LoadOptions {
  clients: number;
  /** Pause of each client after each response. */
  pauseMs?: number;
}

/** Sends requests concurrently and keeps the responses; requests without a response are kept for a retry. */
export class TestLoad {
  readonly acknowledged: Acknowledged[] = [];
  /** How many responses had each status; 0: the connection broke. */
  readonly statuses = new Map<number, number>();
  /** Responses that say neither that the request succeeded nor that it never will. */
  readonly unsettled: LoadAnswer[] = [];
  private inFlight = new Set<LoadRequest>();
  private stopped = false;

  /** @param next creates a new request */
  constructor(
    private readonly next: () => LoadRequest,
    private readonly options: LoadOptions,
  ) {}

  /** Sends until `stop`. Resolves when every client has failed or got a response. */
  async run(url: string): Promise<void> {
    this.stopped = false;
    await Promise.all(Array.from({ length: this.options.clients }, () => this.client(url)));
  }

  stop(): void {
    this.stopped = true;
  }

  /** Retries every request with an unknown result, until it is known. @returns the number of such requests */
  async settle(url: string, deadlineMs: number): Promise<number> {
    const open = [...this.inFlight];
    const giveUpAt = Date.now() + deadlineMs;
    await Promise.all(
      open.map(async (request) => {
        while (!(await this.send(url, request)))
          if (Date.now() > giveUpAt) throw new Error(`no answer to ${request.path} for ${deadlineMs} ms`);
      }),
    );
    return open.length;
  }

  private async client(url: string): Promise<void> {
    while (!this.stopped) {
      const request = this.next();
      this.inFlight.add(request);
      await this.send(url, request);
      await pause(this.options.pauseMs ?? 0);
    }
  }

  /** @returns whether the result is known now */
  private async send(url: string, request: LoadRequest): Promise<boolean> {
    const sentAt = performance.now();
    const answer = await post(url, request);
    const status = answer?.status ?? 0;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (answer === null || answer.status >= 500) {
      if (answer !== null) this.unsettled.push(answer);
      // The server is unavailable or starting: limits the rate of retries.
      await pause(20);
      return false;
    }
    this.inFlight.delete(request);
    this.acknowledged.push({ request, answer, sentAt, answeredAt: performance.now() });
    return true;
  }
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}

/** @returns `null` when the connection broke */
export async function post(url: string, { path, headers, body }: LoadRequest): Promise<LoadAnswer | null> {
  try {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return {
      status: response.status,
      text: await response.text(),
      retryAfter: response.headers.get('retry-after'),
    };
  } catch {
    return null;
  }
}
