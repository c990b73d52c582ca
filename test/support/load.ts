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
}

/** A request and its first definitive response. */
export interface Acknowledged {
  request: LoadRequest;
  answer: LoadAnswer;
}

/** Sends requests concurrently and keeps the responses; requests without a response are kept for a retry. */
export class TestLoad {
  readonly acknowledged: Acknowledged[] = [];
  private inFlight = new Set<LoadRequest>();
  private stopped = false;

  /** @param next creates a new request */
  constructor(
    private readonly next: () => LoadRequest,
    private readonly clients: number,
  ) {}

  /** Sends until `stop`. Resolves when every client has failed or got a response. */
  async run(url: string): Promise<void> {
    this.stopped = false;
    await Promise.all(Array.from({ length: this.clients }, () => this.client(url)));
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
    }
  }

  /** @returns whether the result is known now */
  private async send(url: string, request: LoadRequest): Promise<boolean> {
    const answer = await post(url, request);
    if (answer === null || answer.status >= 500) {
      // The server is unavailable or starting: limits the rate of retries.
      await new Promise((resolve) => setTimeout(resolve, 20));
      return false;
    }
    this.inFlight.delete(request);
    this.acknowledged.push({ request, answer });
    return true;
  }
}

/** @returns `null` when the connection broke */
export async function post(url: string, { path, headers, body }: LoadRequest): Promise<LoadAnswer | null> {
  try {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, text: await response.text() };
  } catch {
    return null;
  }
}
