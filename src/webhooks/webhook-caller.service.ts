import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DeliveryTargets, TargetRefused } from './delivery-targets.js';
import { WebhookLimits } from './webhook-limits.js';

/** Maximum size of a response body that is read. The body is discarded; only the status code counts. */
const MAX_ANSWER_BYTES = 64 * 1024;
const AGENT = {
  keepAlive: true,
  maxSockets: 64,
  maxFreeSockets: 16,
  // Shorter than the keep-alive timeout of servers, so that no connection is reused while the server closes it.
  timeout: 2_000,
  scheduling: 'lifo',
} as const;
const SETUP_FAILURES: Readonly<Record<string, string>> = {
  TARGET_NOT_ALLOWED: 'the address may not be called',
  ENOTFOUND: 'the host name is unknown',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset before the answer was whole',
};

export interface WebhookCall {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** The outcome of a call. */
export interface CallOutcome {
  /** `null`: no response was received. */
  httpStatus: number | null;
  /** Why the call does not count as delivered; `null`: it does. Never contains text of the response. */
  error: string | null;
  durationMs: number;
}

/** Calls untrusted URLs: of a response only the status code is kept, and every call has a timeout. */
@Injectable()
export class WebhookCaller implements OnApplicationShutdown {
  private readonly http = new HttpAgent(AGENT);
  private readonly https = new HttpsAgent(AGENT);

  constructor(
    private readonly targets: DeliveryTargets,
    private readonly limits: WebhookLimits,
  ) {}

  onApplicationShutdown(): void {
    this.http.destroy();
    this.https.destroy();
  }

  /** Never rejects: every failure is returned as the outcome. */
  async call(call: WebhookCall): Promise<CallOutcome> {
    const { callMs } = this.limits;
    const began = performance.now();
    const signal = AbortSignal.timeout(callMs);
    const answer: { status: number | null } = { status: null };
    let error: string | null;
    try {
      await this.send(call, signal, answer);
      error = problemOfStatus(answer.status ?? 0);
    } catch (failure) {
      error = signal.aborted ? `no whole answer within ${callMs} ms` : wordsFor(failure);
    }
    return { httpStatus: answer.status, error, durationMs: Math.round(performance.now() - began) };
  }

  /** Resolves when the response is complete or exceeds `MAX_ANSWER_BYTES`. */
  private async send(
    { url, headers, body }: WebhookCall,
    signal: AbortSignal,
    answer: { status: number | null },
  ): Promise<void> {
    // Checked again: a literal IP address bypasses `lookup`, and the allowed targets may have changed since it was
    // stored.
    const problem = this.targets.problemOf(url);
    if (problem !== null) throw new TargetRefused(problem);
    const target = new URL(url);
    const [request, agent] =
      target.protocol === 'https:' ? [httpsRequest, this.https] : [httpRequest, this.http];
    const { lookup } = this.targets;
    await new Promise<void>((resolve, reject) => {
      const call = request({
        ...urlToHttpOptions(target),
        method: 'POST',
        agent,
        lookup,
        signal,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      });
      // `request` does not follow redirects.
      call.on('response', (response) => {
        answer.status = response.statusCode ?? null;
        readSome(response, resolve, reject);
      });
      call.on('error', reject);
      call.on('close', () => {
        reject(new Error('the connection ended'));
      });
      call.end(body);
    });
  }
}

function readSome(response: IncomingMessage, resolve: () => void, reject: (error: Error) => void): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_ANSWER_BYTES) return;
    resolve();
    response.destroy();
  });
  response.on('end', resolve);
  response.on('error', reject);
}

function problemOfStatus(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  return status >= 300 && status < 400
    ? `answered ${status}: redirects are not followed`
    : `answered ${status}`;
}

/** Built from the error code alone: the message may contain addresses, or data that the server sent. */
function wordsFor(failure: unknown): string {
  const { code } = failure as NodeJS.ErrnoException;
  if (code === undefined) return 'the connection ended before the answer was whole';
  return SETUP_FAILURES[code] ?? `the call failed: ${code}`;
}
