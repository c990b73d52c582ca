import { STATUS_CODES } from 'node:http';
import type { ErrorCode, FieldViolation } from '../shared/app-error.js';
import type { RefusedRequest } from './api-shape.js';

export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: ErrorCode;
  requestId: string;
  errors?: { path: string; code: string; message: string }[];
  /** The state that forbids the act, and the acts it allows. */
  state?: string;
  allowedActs?: readonly string[];
}

/** A refusal with the members of RFC 9457, and `code`, `requestId` and field `errors` beside them. */
export function toProblem(
  { status, detail, code }: { status: number; detail: string; code: ErrorCode },
  fields: readonly FieldViolation[] | undefined,
  request: RefusedRequest,
): ProblemDetails {
  return {
    type: `urn:vostro:error:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    instance: request.path,
    code,
    requestId: request.requestId,
    ...(fields === undefined
      ? {}
      : { errors: fields.map(({ path, constraint, message }) => ({ path, code: constraint, message })) }),
  };
}
