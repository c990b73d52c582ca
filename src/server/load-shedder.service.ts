import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller, CallerRequest } from '../auth/caller.js';
import { Environment } from '../config/env.js';
import { headersOfResponse } from '../http/response-headers.js';
import { ErrorRenderer } from '../http/error-renderer.js';
import { normalTarget } from '../http/request-target.js';
import { requestIdOf } from '../http/request-id.js';
import { LoadMetrics } from './metrics/load-metrics.service.js';
import { ConcurrencyLimiter, type RejectionReason } from './concurrency-limiter.js';
import { Draining } from './draining.service.js';
import { RejectionDelay } from './rejection-delay.js';
import { CredentialOwnerCache, credentialDigest } from './credential-owner-cache.js';
import {
  isAlwaysServed,
  presentRejection,
  type Rejection,
  sendRejection,
  toRejection,
} from './rejections.js';
import { InFlightRequest } from './in-flight-request.js';

type Request = FastifyRequest & CallerRequest & { inFlight: InFlightRequest | null };

/** Rejects requests above the concurrency limit, as cheaply as possible. */
@Injectable()
export class LoadShedder {
  private readonly limiter: ConcurrencyLimiter;
  private readonly delay: RejectionDelay;

  constructor(
    env: Environment,
    private readonly renderer: ErrorRenderer,
    private readonly metrics: LoadMetrics,
    private readonly draining: Draining,
    private readonly owners: CredentialOwnerCache,
  ) {
    this.limiter = new ConcurrencyLimiter(env.MAX_REQUESTS_IN_WORK);
    this.delay = new RejectionDelay(env.MAX_REQUESTS_IN_WORK);
    metrics.watch(this.limiter);
  }

  install(fastify: FastifyInstance): void {
    this.rejectBeforeFramework(fastify);
    fastify.decorateRequest('inFlight', null);
    // The slot is taken when the body has arrived: a client that sends slowly holds none.
    fastify.addHook('preValidation', (request, reply, done) => {
      const reason = this.acquire(request as Request, reply);
      if (reason === null) done();
      else this.reject(reason, request, reply);
    });
    fastify.addHook('onSend', (request, _reply, payload, done) => {
      (request as Request).inFlight?.responseBuilt();
      done(null, payload);
    });
    // All connections are closed by then, but requests whose client disconnected are still executed and need the database.
    fastify.addHook('onClose', () => this.limiter.idle());
  }

  /**
   * Counts a request for its authenticated owner.
   * @throws AppError rate_limited when the owner's share is used up
   */
  private chargeOwner(inFlight: InFlightRequest, { platformId, id }: Caller): void {
    const owner = `${platformId} ${id}`;
    this.owners.set(inFlight.credentialDigest, owner);
    const reason = inFlight.assignOwner(owner);
    if (reason === null) return;
    this.metrics.refused(reason);
    throw toRejection(reason);
  }

  /** Ahead of the framework, which would cost several times as much as the rejection itself. */
  private rejectBeforeFramework({ server }: FastifyInstance): void {
    const listeners = server.listeners('request') as RequestListener[];
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      const reason = this.earlyRejection(request);
      if (reason !== null) this.rejectEarly(reason, request, response);
      else for (const listener of listeners) listener.call(server, request, response);
    });
  }

  /** Why the request would be rejected once its body has arrived; `null`: it is not. */
  private earlyRejection(request: IncomingMessage): RejectionReason | null {
    if (!this.limiter.isBusy) return null;
    // A rejected request does not reach the framework, which does this otherwise.
    request.url = normalTarget(request.url ?? '');
    if (isAlwaysServed(request.url)) return null;
    return this.limiter.rejectionReason(this.owners.ownerOf(credentialDigest(request.headers)));
  }

  private rejectEarly(reason: RejectionReason, request: IncomingMessage, response: ServerResponse): void {
    const id = requestIdOf(request);
    const { url = '', method = '' } = request;
    const { status, headers, text } = this.rejectionFor(reason, { url, method, id });
    this.delay.send(request.socket, () => {
      response.writeHead(status, {
        ...headers,
        ...headersOfResponse(request, id),
        'content-length': Buffer.byteLength(text),
        ...(this.draining.isDraining ? { connection: 'close' } : {}),
      });
      response.end(text);
    });
  }

  private acquire(request: Request, reply: FastifyReply): RejectionReason | null {
    if (isAlwaysServed(request.url)) return null;
    const digest = credentialDigest(request.headers);
    const inFlight = new InFlightRequest(this.limiter, digest, this.owners.ownerOf(digest));
    const reason = inFlight.acquire();
    if (reason !== null) return reason;
    request.inFlight = inFlight;
    (request.onAuthenticated ??= []).push((caller) => {
      this.chargeOwner(inFlight, caller);
    });
    const gone = (): void => {
      inFlight.socketDone(reply.sent);
    };
    reply.raw.once('close', gone);
    if (reply.raw.destroyed) gone();
    return null;
  }

  private reject(reason: RejectionReason, request: FastifyRequest, reply: FastifyReply): void {
    sendRejection(reply, this.rejectionFor(reason, request));
  }

  private rejectionFor(reason: RejectionReason, request: Parameters<ErrorRenderer['present']>[1]): Rejection {
    this.metrics.refused(reason);
    return presentRejection(this.renderer, toRejection(reason), request);
  }
}
