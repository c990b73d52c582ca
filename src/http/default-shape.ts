import { type AppError, type ErrorCode } from '../shared/app-error.js';
import type { ApiShape } from './api-shape.js';
import { toProblem } from './problem-details.js';

/** What can happen outside the APIs; anything else would be a fault of ours. */
const STATUSES: Partial<Record<ErrorCode, number>> = {
  body_malformed: 400,
  validation_failed: 400,
  payload_too_large: 413,
  request_timeout: 408,
  route_not_found: 404,
  method_not_allowed: 405,
  transition_not_allowed: 409,
  rate_limited: 429,
  service_unavailable: 503,
};

/** Paths that belong to no API answer with RFC 9457 problem details. */
export const defaultShape: ApiShape = {
  owns: () => true,
  render({ code, details: { fields } }: AppError, request) {
    const status = STATUSES[code] ?? 500;
    const detail = code.replaceAll('_', ' ');
    return { status, headers: {}, body: toProblem({ status, detail, code }, fields, request) };
  },
};
