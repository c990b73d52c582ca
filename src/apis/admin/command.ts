import { applyDecorators, type PipeTransform, type Type } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { AuditContext } from '../../audit/audit-context.js';
import { readClosedBody } from '../../http/body.js';
import { auditContextOf, Call, type CallContext } from '../../http/call.decorator.js';
import { AppError } from '../../shared/app-error.js';
import { Reason } from './properties.js';

/** The body of an operation that takes only a reason. */
export class ReasonRequest {
  @Reason()
  reason!: string;
}

/** A call with its parsed body, and its audit context (actor and reason). */
export interface CommandInput<Body> {
  body: Body;
  call: CallContext;
  audit: AuditContext;
}

interface Reasoned {
  reason?: string | null;
}

/** The call and its body, validated against `shape`. */
export function Command<Body extends object>(shape: Type<Body>): ParameterDecorator {
  const pipe: PipeTransform<CallContext, CommandInput<Body>> = {
    transform: (call) => {
      const body = readClosedBody(shape, call);
      const { reason } = body as Reasoned;
      return { body, call, audit: auditContextOf(call, reason?.trim() ?? null) };
    },
  };
  return Call(pipe);
}

/** Documents a body of only a reason. */
export const ReasonBody = (): MethodDecorator => applyDecorators(ApiBody({ type: ReasonRequest }));

/** The fields without those that are `undefined`. */
export function given<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

/** @throws AppError validation_failed when `change` has no fields */
export function assertSomething(change: object): void {
  if (Object.keys(change).length > 0) return;
  const field = {
    path: '',
    constraint: 'required' as const,
    message: 'must change something',
    invalidValue: null,
  };
  throw new AppError('validation_failed', { fields: [field] });
}
