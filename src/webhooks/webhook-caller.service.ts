import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DeliveryTargets, TargetRefused } from './delivery-targets.js';
import { WebhookLimits } from './webhook-limits.js';

/** The rest of a longer response is not read: only its status matters. */
const MAX_ANSWER_BYTES = 64 * 1024;
const AGENT = {
  keepAlive: true,
  maxSockets: 64,
  maxFreeSockets: 16,
  // Shorter than servers keep an unused connection, so that none is used while it is being closed.
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

/** Outcome of a call. */
export interface CallOutcome {
  /** `null` when no answer began. */
  httpStatus: number | null;
  /** Why the call does not count as delivered; `null` when it does. Never the answer's own words. */
  error: string | null;
  durationMs: number;
}

/** Calls addresses that strangers chose: nothing of an answer is kept but its status, and no call takes long. */
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

  /** Never throws: a failure is an outcome. */
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

  /** Resolves when the response has ended, or exceeded the limit. */
  private async send(
    { url, headers, body }: WebhookCall,
    signal: AbortSignal,
    answer: { status: number | null },
  ): Promise<void> {
    // A literal address is never looked up; and what was allowed when it was stored may not be any more.
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
      // Redirects are answers like any other: `request` follows none.
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

/** Logs the error code only: its message may contain addresses, or text that the receiver sent. */
function wordsFor(failure: unknown): string {
  const { code } = failure as NodeJS.ErrnoException;
  if (code === undefined) return 'the connection ended before the answer was whole';
  return SETUP_FAILURES[code] ?? `the call failed: ${code}`;
}
