import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AuditContext } from '../audit/audit-context.js';
import { toAuditContext } from '../auth/audit-context.js';
import type { Caller, CallerRequest, Subject } from '../auth/caller.js';
import type { Claim } from '../idempotency/idempotency.service.js';
import { AppError } from '../shared/app-error.js';
import { toStoredResponse } from './thrown-response.js';

/**
 * One call as a handler or a pipe sees it: who calls, for whom, and the request's text, still unread. Comes
 * from `@Call()`, whose pipes turn it step by step into a command.
 */
export interface CallContext {
  caller: Caller;
  request: FastifyRequest & CallerRequest;
}

export const Call = createParamDecorator((_: unknown, context: ExecutionContext): CallContext => {
  const request = context.switchToHttp().getRequest<CallContext['request']>();
  // A route without its guard must not work at all.
  if (request.user === undefined) throw new AppError('credentials_required');
  return { caller: request.user, request };
});

/** For whom the call acts. @throws AppError customer_not_allowed when no guard named anybody. */
export function subjectOf({ request }: CallContext): Subject {
  if (request.subject === undefined) throw new AppError('customer_not_allowed');
  return request.subject;
}

/** What the service must record beside its effect, when the call carries an idempotency key. */
export function claimOf<View>(
  { request }: CallContext,
  status: number,
  present: (view: View) => object,
): Claim<View> | null {
  return claimWithStatus({ request }, () => status, present);
}

/** The same for a call whose status depends on what became of it. */
export function claimWithStatus<View>(
  { request }: Pick<CallContext, 'request'>,
  statusOf: (view: View) => number,
  present: (view: View) => object,
): Claim<View> | null {
  if (request.idempotent === undefined) return null;
  const receiptOf = (view: View): string => toStoredResponse(statusOf(view), JSON.stringify(present(view)));
  return { ...request.idempotent, storedResponseOf: receiptOf };
}

/** Who acts by the call, and why. */
export function auditContextOf({ caller, request }: CallContext, reason: string | null = null): AuditContext {
  const audit = toAuditContext(caller, request.id, reason);
  return request.watch === undefined ? audit : { ...audit, watch: request.watch };
}
