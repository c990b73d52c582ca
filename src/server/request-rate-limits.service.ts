import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller, CallerRequest } from '../auth/caller.js';
import { ErrorRenderer } from '../http/error-renderer.js';
import { FailedAuthentications } from '../http/failed-authentications.service.js';
import { type LimitState, RateLimiter, toRateLimited } from '../rate-limits/rate-limiter.service.js';
import { networkOf } from '../shared/networks.js';
import { CredentialOwnerCache, credentialDigest } from './credential-owner-cache.js';
import { UNAUTHENTICATED } from './concurrency-limiter.js';
import { isAlwaysServed, presentRejection } from './rejections.js';
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
    const failures = this.failuresOf(request);
    const state = failures ?? this.limiter.consume('address', networkOf(request.ip));
    stateIn(reply, [state]);
    if (state?.isExceeded === true) {
      this.metrics.refused(state.name.replace('-', '_'));
      const { status, headers, text } = presentRejection(this.renderer, toRateLimited(state), request);
      void reply.status(status).headers(headers).send(text);
      return;
    }
    request.onAuthenticated = [
      (caller) => {
        this.limitCredential(caller, state, reply);
      },
    ];
    done();
  }

  /** A credential that was authenticated before is let in: others behind the same address may be failing. */
  private failuresOf(request: Request): LimitState | null {
    const exceeded = this.failures.exceeded(request);
    const isKnown =
      exceeded !== null && this.owners.ownerOf(credentialDigest(request.headers)) !== UNAUTHENTICATED;
    return isKnown ? null : exceeded;
  }

  /** @throws AppError rate_limited */
  private limitCredential(
    { platformId, id, rateLimit }: Caller,
    ofAddress: LimitState | null,
    reply: FastifyReply,
  ): void {
    const state = this.limiter.consume('credential', `${platformId} ${id}`, rateLimit);
    stateIn(reply, [ofAddress, state]);
    if (state?.isExceeded === true) throw toRateLimited(state);
  }
}

/** Both fields are lists of structured fields (RFC 9651). */
function stateIn(reply: FastifyReply, states: readonly (LimitState | null)[]): void {
  const applied = states.filter((state) => state !== null);
  if (applied.length === 0) return;
  const policies = applied.map(({ name, limit, windowSeconds }) => `"${name}";q=${limit};w=${windowSeconds}`);
  const limits = applied.map(
    ({ name, remaining, resetSeconds }) => `"${name}";r=${remaining};t=${resetSeconds}`,
  );
  void reply.header('ratelimit-policy', policies.join(', ')).header('ratelimit', limits.join(', '));
}
