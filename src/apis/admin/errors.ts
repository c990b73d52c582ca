import { type ApiShape, challenge, isBelow } from '../../http/api-shape.js';
import { toProblem } from '../../http/problem-details.js';
import type { ErrorCode } from '../../shared/app-error.js';

export const ADMIN_PATH = '/admin';
export const KYC_PATH = '/kyc';

/** Status code and detail of each error in the admin API. */
const ANSWERS = {
  body_malformed: [400, 'The body, or the line, is not a JSON object.'],
  media_type_unsupported: [415, 'The body must be sent as application/json; lines as application/x-ndjson.'],
  payload_too_large: [413, 'The body, or the line, is larger than 64 KiB, or has more than 4,000 members.'],
  request_timeout: [408, 'The body did not arrive in time.'],
  route_not_found: [404, 'Nothing is served at this path.'],
  method_not_allowed: [405, 'This path does not answer this method; see Allow.'],
  not_acceptable: [406, 'Answers are JSON only.'],
  validation_failed: [400, 'A field or a parameter is not valid; see errors.'],
  idempotency_key_malformed: [
    400,
    'Idempotency-Key must be sent once, with 1 to 255 visible ASCII characters.',
  ],
  grant_type_unsupported: [400, 'The grant type is not supported.'],
  scope_invalid: [400, 'The scope names an unknown scope, or none that the role allows.'],
  credentials_required: [401, 'Credentials of an admin are required.'],
  credentials_invalid: [401, 'The credentials are not valid, or not an admin’s.'],
  scope_missing: [403, 'The role of this admin does not allow this call.'],
  authority_exceeded: [
    403,
    'The credential of this call may not do this; errors names the limits it would exceed.',
  ],
  workspace_id_malformed: [400, 'The workspace id is malformed.'],
  workspace_not_allowed: [403, 'The workspace is not open to this caller.'],
  customer_not_allowed: [403, 'The customer is not open to this caller.'],
  platform_not_verified: [409, 'The platform is not verified.'],
  customer_suspended: [409, 'The customer is suspended.'],
  kyc_not_approved: [409, 'The customer’s identity check (KYC) is not approved.'],
  currency_not_allowed: [403, 'The credential does not allow this currency.'],
  second_person_required: [403, 'The requester of an approval cannot decide on it.'],
  requester_required: [403, 'Only the requesting admin may do this.'],
  posting_limit_exceeded: [403, 'The amount exceeds the posting limit of this role and currency.'],
  signature_invalid: [401, 'The message is not signed by this provider, or too old.'],
  currency_malformed: [400, 'The currency is not a well-formed currency code.'],
  currency_not_available: [409, 'The currency is not available to this customer.'],
  product_not_found: [404, 'There is no such product.'],
  product_not_available: [409, 'The product is not available.'],
  account_exists: [409, 'Another account has taken its place.'],
  account_limit_reached: [409, 'The customer has as many accounts as allowed.'],
  api_key_limit_reached: [409, 'The owner has as many live API keys as allowed.'],
  account_identifier_taken: [409, 'The account identifier is taken.'],
  customer_identifier_taken: [409, 'The customer identifier is taken on this platform.'],
  customer_display_name_taken: [409, 'The display name is taken on this platform.'],
  idempotency_key_reused: [409, 'This Idempotency-Key was used for another request.'],
  name_taken: [409, 'The name is taken.'],
  message_replayed: [409, 'This Webhook-Id was used for another message.'],
  approval_pending: [409, 'The same is waiting for approval already.'],
  approval_stale: [409, 'The object has changed since the request; see changes. Request again.'],
  transition_not_allowed: [409, 'The present state does not allow this; see state and allowedActs.'],
  kyc_round_mismatch: [409, 'The decision belongs to another round of the KYC case than the current one.'],
  account_frozen: [409, 'The account is frozen.'],
  account_not_empty: [409, 'The account still holds money, or holds lock some of it.'],
  account_not_active: [409, 'The account is disabled or closed.'],
  debits_restricted: [409, 'Nothing may be debited from this customer’s accounts until KYC is renewed.'],
  insufficient_funds: [409, 'The account has less available than this needs.'],
  balance_limit_exceeded: [409, 'The balance would reach 10^15 minor units.'],
  currency_mismatch: [409, 'The accounts are not in one currency.'],
  reference_taken: [409, 'The reference is taken on this platform.'],
  account_not_found: [404, 'There is no such account.'],
  customer_not_found: [404, 'There is no such customer.'],
  object_not_found: [404, 'There is no such object.'],
  result_too_large: [400, 'The result is too large; ask for pages.'],
  rate_limited: [429, 'Too many requests; try again after Retry-After.'],
  service_unavailable: [503, 'Temporarily unavailable; try again.'],
  internal_error: [500, 'Something failed on our side.'],
} as const satisfies Record<ErrorCode, readonly [status: number, detail: string]>;

/** Problem details (RFC 9457). */
export const adminApiShape: ApiShape = {
  mediaType: 'application/problem+json',
  owns: (path) => isBelow(path, ADMIN_PATH, KYC_PATH),
  render({ code, details: { fields, state, allowedActs, changes } }, request) {
    const [status, detail] = ANSWERS[code];
    return {
      status,
      headers: { ...challenge(status, 'Bearer'), 'content-type': 'application/problem+json; charset=utf-8' },
      body: {
        ...toProblem({ status, detail, code }, fields, request),
        ...(state === undefined ? {} : { state, allowedActs: allowedActs ?? [] }),
        ...(changes === undefined ? {} : { changes }),
      },
    };
  },
};
