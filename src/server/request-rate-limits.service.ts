import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller, CallerRequest } from '../auth/caller.js';
import { ErrorRenderer } from '../http/error-renderer.js';
import { FailedAuthentications } from '../http/failed-authentications.service.js';
import { type LimitState, RateLimiter, toRateLimited } from '../rate-limits/rate-limiter.service.js';
import { networkOf } from '../shared/networks.js';
import { CredentialOwnerCache, credentialDigest } from './credential-owner-cache.js';
import { UNAUTHENTICATED } from './concurrency-limiter.js';
import { isAlwaysServed, presentRejection, sendRejection } from './rejections.js';
import { LoadMetrics } from './metrics/load-metrics.service.js';

type Request = FastifyRequest & CallerRequest;

/**
 * Applies the rate limits of addresses before the body is read, and those of credentials once a credential is
 * authenticated. Responses state both limits in `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers).
 */
@Injectable()
export class RequestRateLimits {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly failures: FailedAuthentications,
    private readonly owners: CredentialOwnerCache,
    private readonly renderer: ErrorRenderer,
    private readonly metrics: LoadMetrics,
  ) {}

  install(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request: Request, reply, done) => {
      if (isAlwaysServed(request.url)) done();
      else this.limitAddress(request, reply, done);
    });
  }

  private limitAddress(request: Request, reply: FastifyReply, done: () => void): void {
    const network = networkOf(request.ip);
    const state = this.failuresAt(network, request) ?? this.limiter.consume('address', network);
    addLimit(reply, state);
    if (state?.isExceeded === true) {
      this.metrics.refused(state.name.replace('-', '_'));
      sendRejection(reply, presentRejection(this.renderer, toRateLimited(state), request));
      return;
    }
    request.onAuthenticated = [
      (caller) => {
        this.limitCredential(caller, reply);
      },
    ];
    done();
  }

  /** A credential that was authenticated before is let in: another client at the same address may be failing. */
  private failuresAt(network: string, request: Request): LimitState | null {
    const exceeded = this.failures.exceeded(network, request);
    const isKnown =
      exceeded !== null && this.owners.ownerOf(credentialDigest(request.headers)) !== UNAUTHENTICATED;
    return isKnown ? null : exceeded;
  }

  /** @throws AppError rate_limited */
  private limitCredential({ platformId, id, rateLimit }: Caller, reply: FastifyReply): void {
    const state = this.limiter.consume('credential', `${platformId} ${id}`, rateLimit);
    addLimit(reply, state);
    if (state?.isExceeded === true) throw toRateLimited(state);
  }
}

/** Adds a limit to both fields, which are lists of structured fields (RFC 9651). */
function addLimit(reply: FastifyReply, state: LimitState | null): void {
  if (state === null) return;
  const { name, limit, windowSeconds, remaining, resetSeconds } = state;
  addItem(reply, 'ratelimit-policy', `"${name}";q=${limit};w=${windowSeconds}`);
  addItem(reply, 'ratelimit', `"${name}";r=${remaining};t=${resetSeconds}`);
}

function addItem(reply: FastifyReply, field: string, item: string): void {
  const list = reply.getHeader(field);
  void reply.header(field, list === undefined ? item : `${String(list)}, ${item}`);
}
