import { type ApiShape, challenge, isBelow } from '../../http/api-shape.js';
import { toProblem } from '../../http/problem-details.js';
import type { ErrorCode } from '../../shared/app-error.js';
import { SANDBOX_PATH } from '../../sandbox/sandbox-path.js';

/** What its calls can be refused with; anything else would be a fault of ours. */
const ANSWERS: Partial<Record<ErrorCode, readonly [status: number, detail: string]>> = {
  body_malformed: [400, 'The body is not a JSON object.'],
  media_type_unsupported: [415, 'The body must be sent as application/json.'],
  payload_too_large: [413, 'The body is larger than 64 KiB, or has more than 4,000 members.'],
  request_timeout: [408, 'The body did not arrive in time.'],
  validation_failed: [400, 'A field is not valid; see errors.'],
  credentials_required: [401, 'The token of the sandbox is required.'],
  credentials_invalid: [401, 'This is not the token of the sandbox.'],
  route_not_found: [404, 'Nothing is served at this path.'],
  method_not_allowed: [405, 'This path does not answer this method; see Allow.'],
  object_not_found: [404, 'There is no such platform.'],
  name_taken: [409, 'Another platform has the name of this one by now.'],
  rate_limited: [429, 'Too many requests; try again after Retry-After.'],
  service_unavailable: [503, 'Temporarily unavailable; try again.'],
};
const UNEXPECTED = [500, 'Something failed on our side.'] as const;

/** Problem details (RFC 9457). */
export const sandboxApiShape: ApiShape = {
  mediaType: 'application/problem+json',
  owns: (path) => isBelow(path, SANDBOX_PATH),
  render({ code, details: { fields } }, request) {
    const known = ANSWERS[code];
    const [status, detail] = known ?? UNEXPECTED;
    return {
      status,
      headers: { ...challenge(status, 'Bearer'), 'content-type': 'application/problem+json; charset=utf-8' },
      body: toProblem(
        { status, detail, code: known === undefined ? 'internal_error' : code },
        fields,
        request,
      ),
    };
  },
};
