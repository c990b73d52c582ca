import { createHash } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { CallerRequest } from '../auth/caller.js';
import { countHeader, singleHeader } from '../auth/headers.js';
import { ClaimLost, IdempotencyService, type IdempotentRequest } from '../idempotency/idempotency.service.js';
import { RefusalRecords } from '../idempotency/refusal-records.service.js';
import { AppError, DECISIONS } from '../shared/app-error.js';
import { setConstantHeader } from './constant-header.decorator.js';
import { ErrorRenderer, pathOf } from './error-renderer.js';
import { isDryRun } from './dry-run.guard.js';
import { fromStoredResponse, ThrownResponse, toStoredResponse } from './thrown-response.js';

const KEY_HEADER = 'idempotency-key';
const KEY_FORM = /^[\x21-\x7e]{1,255}$/;

type Request = FastifyRequest & CallerRequest;

/**
 * `Idempotency-Key`: a repeated request with the same key gets the stored response of the first one.
 *
 * It runs behind authentication and before the pipes, so that a replay is not refused as a duplicate of itself. The
 * service stores the response of an effect, in the transaction of the effect. This guard stores only the response of a
 * refusal, which has no effect, together with its audit entry.
 */
@Injectable()
export class IdempotencyGuard implements CanActivate {
  constructor(
    private readonly idempotency: IdempotencyService,
    private readonly refusals: RefusalRecords,
    private readonly renderer: ErrorRenderer,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    setConstantHeader(context);
    const request = context.switchToHttp().getRequest<Request>();
    const idempotent = toIdempotentRequest(request);
    if (idempotent !== null) {
      request.idempotent = idempotent;
      await this.replayIfKnown(idempotent, request);
    }
    request.settleFailure = (error) => this.settle(error, idempotent, request);
    return true;
  }

  private async replayIfKnown(idempotent: IdempotentRequest, { mayReplay }: Request): Promise<void> {
    const record = await this.idempotency.find(idempotent);
    if (record === null) return;
    if (record.sameRequest && mayReplay !== undefined && !(await mayReplay())) return;
    throw record.sameRequest
      ? fromStoredResponse(record.storedResponse)
      : new AppError('idempotency_key_reused');
  }

  /** @throws what ends a failed call: the winner's stored response, the refusal (now stored), or the failure itself */
  private async settle(
    error: unknown,
    idempotent: IdempotentRequest | null,
    request: Request,
  ): Promise<never> {
    if (!(error instanceof ClaimLost)) {
      if (!(error instanceof AppError && DECISIONS.has(error.code))) throw error;
      const answer = idempotent === null ? null : this.answerOf(error, request);
      if (await this.record(error, answer, request)) throw answer ?? error;
    }
    if (idempotent !== null) await this.replayIfKnown(idempotent, request);
    // The concurrent request that held the key has rolled back: the client may send this request again.
    throw new AppError('service_unavailable');
  }

  /** The refusal's answer and its place on the audit trail, in one transaction. `false`: a concurrent request holds the key. */
  private async record(error: AppError, answer: ThrownResponse | null, request: Request): Promise<boolean> {
    const { user: caller, idempotent } = request;
    if (caller === undefined) return true;
    const entry = (await request.describeRefusal?.(error)) ?? null;
    const answered =
      answer === null || idempotent === undefined
        ? null
        : {
            request: idempotent,
            storedResponse: toStoredResponse(answer.status, answer.body, answer.headers),
          };
    const { platformId } = caller;
    return this.refusals.record({ platformId, answered, entry, limitedBy: error.code });
  }

  private answerOf(error: AppError, request: Request): ThrownResponse {
    const { status, headers, body } = this.renderer.render(error, request);
    return new ThrownResponse(status, JSON.stringify(body), headers, false);
  }
}

function toIdempotentRequest(request: Request): IdempotentRequest | null {
  const { user: caller } = request;
  // The owner of the key, which a guard before this one has authenticated.
  if (caller === undefined) throw new AppError('credentials_required');
  if (request.method !== 'POST' || countHeader(request, KEY_HEADER) === 0) return null;
  const key = singleHeader(request, KEY_HEADER);
  if (key === undefined || !KEY_FORM.test(key)) throw new AppError('idempotency_key_malformed');
  // A dry run has no effect to be protected, and its answer may differ the next time.
  if (isDryRun(request)) return null;
  return { platformId: caller.platformId, scope: caller.id, key, fingerprint: fingerprintOf(request) };
}

/** Two requests are the same when method, path, body bytes and what their guards found are the same. */
function fingerprintOf({ method, url, body, fingerprintParts = [] }: Request): Buffer {
  const path = pathOf(url).replace(/^\/raas\/v2(?=\/)/, '');
  const hash = createHash('sha256').update(JSON.stringify([method, path, fingerprintParts]));
  return hash.update(Buffer.isBuffer(body) ? body : '').digest();
}
