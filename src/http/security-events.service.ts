import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { toAuditContext } from '../auth/audit-context.js';
import { type Caller, type CallerRequest, credentialIdOf } from '../auth/caller.js';
import { RefusalRecords } from '../idempotency/refusal-records.service.js';
import { SecurityMetrics } from '../server/metrics/security-metrics.service.js';
import { FailedAuthentications } from './failed-authentications.service.js';
import { AppError, type ErrorCode } from '../shared/app-error.js';
import { toTenantId } from '../shared/object-id.js';

/** The action and the category by which a refusal is classified (ECS `event.action`, `event.category`). */
interface EventKind {
  action: string;
  category: 'authentication' | 'iam' | 'intrusion_detection' | 'network';
}

const DENIED: EventKind = { action: 'authorization-denied', category: 'iam' };

/** Errors that are security events. The remaining errors concern the request itself or the state of its object. */
const EVENTS: Partial<Record<ErrorCode, EventKind>> = {
  credentials_invalid: { action: 'authentication-failed', category: 'authentication' },
  scope_missing: DENIED,
  authority_exceeded: DENIED,
  second_person_required: DENIED,
  requester_required: DENIED,
  workspace_not_allowed: DENIED,
  customer_not_allowed: DENIED,
  customer_suspended: DENIED,
  signature_invalid: { action: 'callback-forged', category: 'intrusion_detection' },
  message_replayed: { action: 'callback-replayed', category: 'intrusion_detection' },
  rate_limited: { action: 'rate-limited', category: 'network' },
};

type Request = FastifyRequest & CallerRequest;

/**
 * Traces of attacks: a line of the log at `warn` with the field names of the Elastic Common Schema (ECS), a counter by
 * reason, and for calls of admins an entry of the audit trail. None holds a secret, a body or a path that was sent.
 */
@Injectable()
export class SecurityEvents {
  constructor(
    private readonly metrics: SecurityMetrics,
    private readonly refusals: RefusalRecords,
    private readonly failures: FailedAuthentications,
  ) {}

  /** Notes the refusal when it is a security event. Never fails: the refusal is answered all the same. */
  async note(thrown: unknown, request: Request): Promise<void> {
    const kind = thrown instanceof AppError ? EVENTS[thrown.code] : undefined;
    if (!(thrown instanceof AppError) || kind === undefined) return;
    if (kind.action === 'authentication-failed') this.failures.count(request);
    const reason = request.authenticationFailure?.reason ?? thrown.code;
    this.metrics.count(kind.action, reason);
    request.log.warn(toLine(kind, reason, request), 'security event');
    const { user: caller } = request;
    if (caller?.kind === 'admin') await this.record(thrown.code, caller, request);
  }

  private async record(code: ErrorCode, caller: Caller, request: Request): Promise<void> {
    const { method, routeOptions, id } = request;
    const { platformId, actorId } = caller;
    const entry = {
      platformId,
      action: 'admin.call_refused',
      outcome: 'refused' as const,
      objectId: actorId,
      audit: toAuditContext(caller, id),
      after: { code, method, route: routeOptions.url ?? null, sourceIp: request.ip },
    };
    try {
      await this.refusals.record({ platformId, answered: null, entry, limitedBy: code });
    } catch (error) {
      request.log.error({ err: error }, 'a refused call is not on the audit trail');
    }
  }
}

/** Id of the credential or the session that the call came with. */
function credentialOf(caller: Caller): string {
  const id = credentialIdOf(caller);
  return id === null ? caller.actorId : toTenantId('crd', caller.platformId, id);
}

/** ECS 8: event.*, source.ip, user.id, http.request.* and rule-free labels. */
function toLine({ action, category }: EventKind, reason: string, request: Request): object {
  const { id, method, routeOptions, ip, user: caller, authenticationFailure } = request;
  const credential = caller === undefined ? authenticationFailure?.credential : credentialOf(caller);
  return {
    event: { kind: 'event', category: [category], type: ['denied'], action, outcome: 'failure', reason },
    source: { ip },
    http: { request: { id, method }, route: routeOptions.url ?? null },
    ...(caller === undefined ? {} : { user: { id: caller.actorId } }),
    ...(credential === undefined ? {} : { labels: { credential } }),
  };
}
