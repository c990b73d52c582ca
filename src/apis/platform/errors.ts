import { STATUS_CODES } from 'node:http';
import { type ApiShape, challenge, isBelow, type RefusedRequest } from '../../http/api-shape.js';
import type { AppError, ErrorCode, FieldConstraint, FieldViolation } from '../../shared/app-error.js';

export const PLATFORM_BASE = '/raas/v2';

/** How each refusal looks in the platform API: the i18n key begins with the HTTP code. */
const ANSWERS = {
  body_malformed: ['400.009', 'The body is not a JSON object.'],
  media_type_unsupported: ['415.001', 'The media type of the body is not supported.'],
  payload_too_large: ['413.001', 'The body is larger than 64 KiB, or has more than 4,000 members.'],
  request_timeout: ['408.001', 'The body did not arrive in time.'],
  route_not_found: ['404.024', 'Nothing is served at this path.'],
  method_not_allowed: ['405.002', 'This path does not answer this method; see Allow.'],
  not_acceptable: ['406.001', 'Answers are application/json only.'],
  validation_failed: ['400.001', 'The request is not valid; see errors.'],
  idempotency_key_malformed: [
    '400.001',
    'Idempotency-Key must be sent once, with 1 to 255 visible ASCII characters.',
  ],
  grant_type_unsupported: ['400.001', 'The grant type must be client_credentials.'],
  scope_invalid: ['400.001', 'The scope names an unknown scope, or none that the credential has.'],
  credentials_required: ['401.001', 'Credentials are required.'],
  credentials_invalid: ['401.002', 'The credentials are not valid.'],
  scope_missing: ['403.001', 'The credentials do not allow this call.'],
  authority_exceeded: ['403.001', 'The credentials do not allow this call.'],
  workspace_id_malformed: ['400.001', 'The workspace id is malformed.'],
  workspace_not_allowed: ['403.001', 'The workspace is not open to this caller.'],
  customer_not_allowed: ['403.007', 'The customer identifier is not among those authorised.'],
  platform_not_verified: ['403.017', 'The platform is not verified to create this.'],
  customer_suspended: ['403.020', 'Not authorised owing to the status of the customer.'],
  kyc_not_approved: ['403.020', 'Not authorised owing to the KYC status of the customer.'],
  currency_malformed: ['400.011', 'The currency code is not valid.'],
  currency_not_available: ['400.011', 'The currency is not available to this customer.'],
  product_not_found: ['400.001', 'There is no such product.'],
  product_not_available: ['400.001', 'The product is not available.'],
  account_exists: ['409.018', 'The account exists already.'],
  account_limit_reached: ['409.018', 'The customer has as many accounts as allowed.'],
  api_key_limit_reached: ['409.001', 'The owner has as many live API keys as allowed.'],
  account_identifier_taken: ['409.018', 'The account identifier is taken on this platform.'],
  customer_identifier_taken: ['409.010', 'The customer identifier is taken on this platform.'],
  customer_display_name_taken: ['409.011', 'The display name is taken on this platform.'],
  idempotency_key_reused: ['409.001', 'This Idempotency-Key was used for another request.'],
  account_not_found: ['404.003', 'There is no such account.'],
  customer_not_found: ['404.002', 'There is no such customer.'],
  currency_not_allowed: ['403.001', 'The credentials do not allow this currency.'],
  second_person_required: ['403.001', 'Another person must do this.'],
  requester_required: ['403.001', 'Only the requester may do this.'],
  posting_limit_exceeded: ['403.001', 'The amount exceeds a limit.'],
  signature_invalid: ['401.002', 'The signature is not valid.'],
  name_taken: ['409.011', 'The name is taken.'],
  message_replayed: ['409.001', 'This message was received before.'],
  approval_pending: ['409.001', 'An approval of this is pending.'],
  approval_stale: ['409.001', 'The object has changed since the request.'],
  transition_not_allowed: ['409.001', 'The state of the account does not allow this.'],
  kyc_round_mismatch: ['409.001', 'The decision belongs to another round of the KYC case.'],
  account_frozen: ['403.020', 'The account is frozen.'],
  account_not_empty: ['409.001', 'The account still holds money.'],
  account_not_active: ['409.001', 'The account is disabled or inactive.'],
  debits_restricted: ['409.001', 'Nothing may be debited until the customer’s KYC is renewed.'],
  insufficient_funds: ['409.001', 'The account has less available than this needs.'],
  balance_limit_exceeded: ['409.001', 'The balance would become too large.'],
  currency_mismatch: ['409.001', 'The accounts are not in one currency.'],
  reference_taken: ['409.001', 'The externalRefID is that of another transfer.'],
  object_not_found: ['404.003', 'There is no such object.'],
  result_too_large: ['400.001', 'The result is too large; ask for pages with paginate=true.'],
  rate_limited: ['429.001', 'Too many requests; try again after Retry-After.'],
  service_unavailable: ['503.502', 'Temporarily unavailable; try again.'],
  internal_error: ['500.001', 'Something failed on our side.'],
} as const satisfies Record<ErrorCode, readonly [i18nKey: string, message: string]>;

const FIELD_KEYS = {
  required: '422.128',
  type: '422.128',
  empty: '422.135',
  length: '422.126',
  too_long: '422.139',
  pattern: '422.501',
  email: '422.134',
  characters: '422.111',
  currency: '400.011',
  range: '400.001',
  unique: '400.001',
  unknown: '400.001',
} as const satisfies Record<FieldConstraint, string>;

/** OAuth's own names for a refusal of the token endpoint (RFC 6749 §5.2), beside this API's. */
const OAUTH_ERRORS: Partial<Record<ErrorCode, string>> = {
  credentials_required: 'invalid_client',
  credentials_invalid: 'invalid_client',
  grant_type_unsupported: 'unsupported_grant_type',
  scope_invalid: 'invalid_scope',
  body_malformed: 'invalid_request',
  validation_failed: 'invalid_request',
  media_type_unsupported: 'invalid_request',
  idempotency_key_malformed: 'invalid_request',
};

/** The one error body of this API, and `error` beside it below the token endpoint. */
export const platformApiShape: ApiShape = {
  owns: (path) => isBelow(path, '/customers', PLATFORM_BASE, '/oauth'),
  render(error: AppError, request) {
    const [i18nKey, message] = answerOf(error);
    const status = Number(i18nKey.slice(0, 3));
    const oauth = isOAuth(request) ? OAUTH_ERRORS[error.code] : undefined;
    return {
      status,
      headers: challenge(status, ...(request.isFromBrowser ? [] : (['Basic'] as const)), 'Bearer'),
      body: {
        timestamp: request.now.toISOString(),
        requestId: request.requestId,
        path: request.path,
        httpCode: status,
        httpPhrase: STATUS_CODES[status] ?? '',
        i18nKey,
        message,
        errors: (error.details.fields ?? []).map(toItem),
        ...(oauth === undefined ? {} : { error: oauth, error_description: message }),
      },
    };
  },
};

/** A currency that is the only fault has a key of its own. */
function answerOf({ code, details }: AppError): readonly [i18nKey: string, message: string] {
  const onlyCurrency =
    code === 'validation_failed' && details.fields?.every((f) => f.path === 'currencyCode');
  return ANSWERS[onlyCurrency ? 'currency_malformed' : code];
}

function isOAuth({ path }: RefusedRequest): boolean {
  return isBelow(path, '/oauth', `${PLATFORM_BASE}/oauth`);
}

const MAX_SHOWN = 256;

function toItem({ path, constraint, message, invalidValue }: FieldViolation): object {
  const isLong = typeof invalidValue === 'string' && invalidValue.length > MAX_SHOWN;
  return {
    path,
    i18nKey: FIELD_KEYS[constraint],
    message: `${path} ${message}`,
    invalidValue: isLong ? invalidValue.slice(0, MAX_SHOWN) : (invalidValue ?? null),
    constraint,
  };
}
