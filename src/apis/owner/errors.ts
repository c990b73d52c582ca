import { type ApiShape, challenge, isBelow } from '../../http/api-shape.js';
import { toProblem } from '../../http/problem-details.js';
import { type AppError, type ErrorCode } from '../../shared/app-error.js';
import type { AccountView } from '../../accounts/reading/account-view.js';
import { presentAccount } from './accounts/account.response.js';

export const OWNER_PATH = '/api/v1';

/** How each refusal looks in the owner API. */
const ANSWERS = {
  body_malformed: [400, 'The body is not a JSON object.'],
  media_type_unsupported: [415, 'The body must be sent as application/json.'],
  payload_too_large: [413, 'The body is larger than 64 KiB, or has more than 4,000 members.'],
  request_timeout: [408, 'The body did not arrive in time.'],
  route_not_found: [404, 'Nothing is served at this path.'],
  method_not_allowed: [405, 'This path does not answer this method; see Allow.'],
  not_acceptable: [406, 'Answers are application/json only.'],
  validation_failed: [400, 'A field of the body is not valid; see errors.'],
  idempotency_key_malformed: [
    400,
    'Idempotency-Key must be sent once, with 1 to 255 visible ASCII characters.',
  ],
  grant_type_unsupported: [400, 'The grant type is not supported.'],
  scope_invalid: [400, 'The scope is not one of the credential’s.'],
  credentials_required: [401, 'The API key or its secret is missing or not valid.'],
  credentials_invalid: [401, 'The API key or its secret is missing or not valid.'],
  scope_missing: [403, 'The API key does not have the scope this call needs.'],
  authority_exceeded: [403, 'The other key allows more than the key of this call; see errors.'],
  workspace_id_malformed: [400, 'The workspace id is malformed.'],
  workspace_not_allowed: [403, 'The workspace is not open to this caller.'],
  customer_not_allowed: [403, 'The owner of this API key may not do this.'],
  platform_not_verified: [403, 'The platform of this owner is not verified.'],
  customer_suspended: [403, 'The owner of this API key is suspended.'],
  kyc_not_approved: [403, 'The owner’s identity check (KYC) is not approved.'],
  currency_malformed: [400, 'The currency is not a well-formed currency code.'],
  currency_not_available: [404, 'The currency is not supported for this owner.'],
  product_not_found: [404, 'There is no such product.'],
  product_not_available: [404, 'The product is not available.'],
  account_exists: [409, 'The owner already has an account in this currency.'],
  account_limit_reached: [409, 'The owner has as many accounts as allowed.'],
  api_key_limit_reached: [409, 'The owner has as many live API keys as allowed.'],
  account_identifier_taken: [409, 'The account identifier is taken.'],
  customer_identifier_taken: [409, 'The customer identifier is taken.'],
  customer_display_name_taken: [409, 'The display name is taken.'],
  idempotency_key_reused: [409, 'This Idempotency-Key was used for another request.'],
  account_not_found: [404, 'The owner has no such account.'],
  customer_not_found: [404, 'There is no such customer.'],
  currency_not_allowed: [403, 'The API key does not allow this currency.'],
  second_person_required: [403, 'Another person must do this.'],
  requester_required: [403, 'Only the requester may do this.'],
  posting_limit_exceeded: [403, 'The amount exceeds a limit.'],
  signature_invalid: [401, 'The signature is not valid.'],
  name_taken: [409, 'The name is taken.'],
  message_replayed: [409, 'This message was received before.'],
  approval_pending: [409, 'An approval of this is pending.'],
  approval_stale: [409, 'The object has changed since the request.'],
  transition_not_allowed: [409, 'The state does not allow this.'],
  kyc_round_mismatch: [409, 'The decision belongs to another round of the identity check (KYC).'],
  account_frozen: [403, 'The account is frozen.'],
  account_not_empty: [409, 'The account still holds money.'],
  account_not_active: [409, 'The account is disabled or closed.'],
  debits_restricted: [409, 'Nothing may be debited until the identity check (KYC) is renewed.'],
  insufficient_funds: [409, 'The account has less available than this needs.'],
  balance_limit_exceeded: [409, 'The balance would become too large.'],
  currency_mismatch: [409, 'The accounts are not in one currency.'],
  reference_taken: [409, 'The reference is taken.'],
  object_not_found: [404, 'There is no such object.'],
  result_too_large: [400, 'The result is too large; ask for pages.'],
  rate_limited: [429, 'Too many requests; try again after Retry-After.'],
  service_unavailable: [503, 'Temporarily unavailable; try again.'],
  internal_error: [500, 'Something failed on our side.'],
} as const satisfies Record<ErrorCode, readonly [status: number, detail: string]>;

/** RFC 9457 members; a 409 carries the four fields of the account that exists as well. */
export const ownerApiShape: ApiShape = {
  owns: (path) => isBelow(path, OWNER_PATH),
  render(error: AppError, request) {
    // Missing and wrong credentials are one answer here, and must not differ in their code either.
    const code = error.code === 'credentials_required' ? 'credentials_invalid' : error.code;
    const [status, detail] = ANSWERS[code];
    const existing = error.details.existing as AccountView | undefined;
    return {
      status,
      headers: challenge(status, 'ApiKey'),
      body: {
        ...(existing === undefined ? {} : presentAccount(existing)),
        ...toProblem({ status, detail, code }, error.details.fields, request),
      },
    };
  },
};
