import { type ApiShape, challenge, isBelow } from '../../http/api-shape.js';
import type { AppError, ErrorCode, FieldViolation } from '../../shared/app-error.js';

/** How each refusal looks in the workspace API, which knows 400 and 401 for all that business decides. */
const ANSWERS = {
  body_malformed: [400, 'invalid_request', 'The body is not a JSON object.'],
  media_type_unsupported: [415, 'invalid_request', 'The body must be sent as application/json.'],
  payload_too_large: [
    413,
    'invalid_request',
    'The body is larger than 64 KiB, or has more than 4,000 members.',
  ],
  request_timeout: [408, 'invalid_request', 'The body did not arrive in time.'],
  route_not_found: [404, 'invalid_request', 'Nothing is served at this path.'],
  method_not_allowed: [405, 'invalid_request', 'This path does not answer this method; see Allow.'],
  not_acceptable: [406, 'invalid_request', 'Answers are application/json only.'],
  validation_failed: [400, 'invalid_request', 'Invalid request parameters'],
  idempotency_key_malformed: [
    400,
    'invalid_request',
    'Idempotency-Key must be sent once, with 1 to 255 visible ASCII characters.',
  ],
  grant_type_unsupported: [400, 'invalid_request', 'The grant type is not supported.'],
  scope_invalid: [400, 'invalid_request', 'The scope is not valid.'],
  credentials_required: [401, 'unauthorized', 'A bearer token is required.'],
  credentials_invalid: [401, 'unauthorized', 'The token is not valid.'],
  scope_missing: [401, 'unauthorized', 'The token does not allow this call.'],
  authority_exceeded: [401, 'unauthorized', 'The token does not allow this call.'],
  workspace_id_malformed: [400, 'invalid_request', 'Workspace-ID must be sent once, as a positive integer.'],
  workspace_not_allowed: [401, 'unauthorized', 'The token is not allowed in this workspace.'],
  customer_not_allowed: [401, 'unauthorized', 'The token is not allowed in this workspace.'],
  platform_not_verified: [401, 'unauthorized', 'The platform of this workspace is not verified.'],
  customer_suspended: [401, 'unauthorized', 'The holder of this workspace is suspended.'],
  kyc_not_approved: [400, 'kyc_not_completed', 'The holder has not completed the identity check (KYC).'],
  currency_malformed: [400, 'invalid_request', 'The currency is not a well-formed currency code.'],
  currency_not_available: [400, 'product_not_available', 'The product’s currency is not available.'],
  product_not_found: [400, 'product_not_found', 'There is no such product.'],
  product_not_available: [400, 'product_not_available', 'The product is not available to this holder.'],
  account_exists: [
    400,
    'account_already_exists',
    'The workspace already has an account of this product with this alias.',
  ],
  account_limit_reached: [
    400,
    'account_already_exists',
    'The holder already has as many accounts of this product as allowed.',
  ],
  api_key_limit_reached: [400, 'invalid_request', 'The owner has as many live API keys as allowed.'],
  account_identifier_taken: [400, 'account_already_exists', 'The account identifier is taken.'],
  customer_identifier_taken: [400, 'invalid_request', 'The customer identifier is taken.'],
  customer_display_name_taken: [400, 'invalid_request', 'The display name is taken.'],
  idempotency_key_reused: [
    400,
    'idempotency_key_reused',
    'This Idempotency-Key was used for another request.',
  ],
  account_not_found: [404, 'invalid_request', 'The workspace has no such account.'],
  customer_not_found: [404, 'invalid_request', 'There is no such customer.'],
  currency_not_allowed: [
    400,
    'product_not_available',
    'The token does not allow the currency of this product.',
  ],
  second_person_required: [401, 'unauthorized', 'Another person must do this.'],
  requester_required: [401, 'unauthorized', 'Only the requester may do this.'],
  posting_limit_exceeded: [401, 'unauthorized', 'The amount exceeds a limit.'],
  signature_invalid: [401, 'unauthorized', 'The signature is not valid.'],
  name_taken: [400, 'invalid_request', 'The name is taken.'],
  message_replayed: [400, 'invalid_request', 'This message was received before.'],
  approval_pending: [400, 'invalid_request', 'An approval of this is pending.'],
  approval_stale: [400, 'invalid_request', 'The object has changed since the request.'],
  transition_not_allowed: [400, 'invalid_request', 'The state of the account does not allow this.'],
  kyc_round_mismatch: [400, 'invalid_request', 'The decision belongs to another round of the KYC case.'],
  account_frozen: [400, 'invalid_request', 'The account is frozen.'],
  account_not_empty: [400, 'invalid_request', 'The account still holds money.'],
  account_not_active: [400, 'invalid_request', 'The account is disabled or closed.'],
  debits_restricted: [400, 'invalid_request', 'Nothing may be debited until KYC is renewed.'],
  insufficient_funds: [400, 'invalid_request', 'The account has less available than this needs.'],
  balance_limit_exceeded: [400, 'invalid_request', 'The balance would become too large.'],
  currency_mismatch: [400, 'invalid_request', 'The accounts are not in one currency.'],
  reference_taken: [400, 'invalid_request', 'The reference is taken.'],
  object_not_found: [404, 'invalid_request', 'There is no such object.'],
  result_too_large: [400, 'invalid_request', 'The result is too large.'],
  rate_limited: [429, 'rate_limited', 'Too many requests; try again after Retry-After.'],
  service_unavailable: [503, 'service_unavailable', 'Temporarily unavailable; try again.'],
  internal_error: [500, 'internal_error', 'Something failed on our side.'],
} as const satisfies Record<ErrorCode, readonly [status: number, errorCode: string, message: string]>;

/** `errorCode` and `message`, always both. */
export const workspaceApiShape: ApiShape = {
  owns: (path) => isBelow(path, '/accounts', '/products', '/sessions'),
  render({ code, details }: AppError) {
    const [status, errorCode, message] = ANSWERS[code];
    return {
      status,
      headers: challenge(status, 'Bearer'),
      body: { errorCode, message: withFields(message, details.fields) },
    };
  },
};

function withFields(message: string, fields: readonly FieldViolation[] | undefined): string {
  if (fields === undefined) return message;
  return `${message}: ${fields.map((field) => `${field.path} ${field.message}`).join('; ')}`;
}
