import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { AuditContext } from '../audit/audit-context.js';
import { toAuditContext } from '../auth/audit-context.js';
import type { Caller, CallerRequest, Subject } from '../auth/caller.js';
import type { Claim } from '../idempotency/idempotency.service.js';
import { AppError } from '../shared/app-error.js';
import { toStoredResponse } from './thrown-response.js';

/**
 * A call as a handler or a pipe sees it: the caller, the customer it acts for, and the raw request. `@Call()` provides
 * it; its pipes turn it step by step into a command.
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

/** The customer that the call acts for. @throws AppError customer_not_allowed when no guard set one */
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

/** The same for an operation whose status depends on its result. */
export function claimWithStatus<View>(
  { request }: Pick<CallContext, 'request'>,
  statusOf: (view: View) => number,
  present: (view: View) => object,
): Claim<View> | null {
  if (request.idempotent === undefined) return null;
  const receiptOf = (view: View): string => toStoredResponse(statusOf(view), JSON.stringify(present(view)));
  return { ...request.idempotent, storedResponseOf: receiptOf };
}

/** The audit context of the call. */
export function auditContextOf({ caller, request }: CallContext, reason: string | null = null): AuditContext {
  const audit = toAuditContext(caller, request.id, reason);
  return request.watch === undefined ? audit : { ...audit, watch: request.watch };
}
