import type { KeyHeaders } from './factories.js';

/** A request that may be sent again and again, and takes effect once. */
export interface LoadRequest {
  path: string;
  headers: KeyHeaders;
  body: object;
  /** What its effect is found by: the table, and the reference or identifier in it. */
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

/** Sends requests, several at a time, and keeps what was answered; what was not is kept for another try. */
export class TestLoad {
  readonly acknowledged: Acknowledged[] = [];
  private inFlight = new Set<LoadRequest>();
  private stopped = false;

  /** @param next creates a request that was not sent before */
  constructor(
    private readonly next: () => LoadRequest,
    private readonly clients: number,
  ) {}

  /** Sends until `stop`. Resolves when every client has given up or been answered. */
  async run(url: string): Promise<void> {
    this.stopped = false;
    await Promise.all(Array.from({ length: this.clients }, () => this.client(url)));
  }

  stop(): void {
    this.stopped = true;
  }

  /** Resends every request with an unknown result until it is known. @returns their number */
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

  /** @returns whether its fate is known now */
  private async send(url: string, request: LoadRequest): Promise<boolean> {
    const answer = await post(url, request);
    if (answer === null || answer.status >= 500) {
      // The server is gone or not there yet: no reason to ask it a thousand times a second.
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
