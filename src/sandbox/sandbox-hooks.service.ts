import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isBelow } from '../http/api-shape.js';
import { ErrorRenderer, pathOf } from '../http/error-renderer.js';
import { AppError } from '../shared/app-error.js';
import { FORCING_HEADER, MAX_LATENCY_MS, parseForcedAnswer } from './forced-answer.js';
import { ReadWriteLock } from '../concurrency/read-write-lock.js';
import { SANDBOX_PATH } from './sandbox-path.js';

/** Hooks of every request of a sandbox, before its API. Requests to the sandbox API itself are exempt. */
@Injectable()
export class SandboxHooks implements OnApplicationShutdown {
  private readonly closing = new AbortController();

  constructor(
    private readonly renderer: ErrorRenderer,
    private readonly lock: ReadWriteLock,
  ) {}

  install(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request, reply) => this.force(request, reply));
    // After the body has arrived, so that a client that sends slowly does not delay a reset.
    fastify.addHook('preHandler', async (request, reply) => {
      if (isControl(request)) return;
      const leave = await this.lock.acquireRead();
      // `close` without `finish`: the client has disconnected.
      reply.raw.once('finish', leave).once('close', leave);
    });
  }

  onApplicationShutdown(): void {
    this.closing.abort();
  }

  private async force(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const text = request.headers[FORCING_HEADER];
    if (text === undefined || isControl(request)) return undefined;
    const forced = parseForcedAnswer(String(text));
    if (forced === null) return this.refuse(malformed(String(text)), request, reply);
    await this.wait(forced.latencyMs, request);
    if (forced.refusal === null) return undefined;
    return this.refuse(new AppError(forced.refusal), request, reply);
  }

  private refuse(error: AppError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { status, headers, body } = this.renderer.present(error, request);
    const type = headers['content-type'] ?? 'application/json; charset=utf-8';
    request.log.debug(
      { requestId: request.id, code: error.code },
      'answered with the response that Vostro-Sandbox asked for',
    );
    return reply.status(status).headers(headers).type(type).send(JSON.stringify(body));
  }

  /** Ends early when the client disconnects or the app stops. */
  private async wait(ms: number, { socket }: FastifyRequest): Promise<void> {
    if (ms === 0) return;
    const gone = new AbortController();
    const hangUp = (): void => {
      gone.abort();
    };
    socket.once('close', hangUp);
    const signal = AbortSignal.any([gone.signal, this.closing.signal]);
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      socket.off('close', hangUp);
    }
  }
}

function isControl(request: FastifyRequest): boolean {
  return isBelow(pathOf(request.url), SANDBOX_PATH);
}

function malformed(invalidValue: string): AppError {
  const message = `must be status=429, 500 or 503, latency=0 to ${MAX_LATENCY_MS}, or both with a comma between`;
  const field = { path: 'Vostro-Sandbox', constraint: 'pattern' as const, message, invalidValue };
  return new AppError('validation_failed', { fields: [field] });
}
