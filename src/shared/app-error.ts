import type { Verdict } from './verdict.js';

/**
 * Every error that the core can report, and the only error that a service throws.
 *
 * A code says what happened, not how the response looks: each API maps every code in its `errors.ts`, and does not
 * compile while one is missing.
 */
export const ERROR_CODES = [
  // The request cannot be read.
  'body_malformed',
  'media_type_unsupported',
  'payload_too_large',
  'request_timeout',
  'route_not_found',
  'method_not_allowed',
  'not_acceptable',
  'validation_failed',
  'idempotency_key_malformed',
  'grant_type_unsupported',
  'scope_invalid',
  // Authentication and authorisation.
  'credentials_required',
  'credentials_invalid',
  'scope_missing',
  'authority_exceeded',
  'workspace_id_malformed',
  'workspace_not_allowed',
  'customer_not_allowed',
  'platform_not_verified',
  'customer_suspended',
  'kyc_not_approved',
  'currency_not_allowed',
  'second_person_required',
  'requester_required',
  'posting_limit_exceeded',
  'signature_invalid',
  // Openings.
  'currency_malformed',
  'currency_not_available',
  'product_not_found',
  'product_not_available',
  // Duplicates.
  'account_exists',
  'account_limit_reached',
  'api_key_limit_reached',
  'account_identifier_taken',
  'customer_identifier_taken',
  'customer_display_name_taken',
  'idempotency_key_reused',
  'name_taken',
  'reference_taken',
  'message_replayed',
  'approval_pending',
  'approval_stale',
  // State transitions.
  'transition_not_allowed',
  'kyc_round_mismatch',
  'account_frozen',
  'account_not_empty',
  'account_not_active',
  'debits_restricted',
  // Money.
  'insufficient_funds',
  'balance_limit_exceeded',
  'currency_mismatch',
  // Objects that do not exist, or that this caller may not see.
  'account_not_found',
  'customer_not_found',
  'object_not_found',
  // The service itself.
  'result_too_large',
  'rate_limited',
  'service_unavailable',
  'internal_error',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** One field that failed validation. `path` uses dots and indexes: `fundingNotification[0].emailAddress`. */
export interface FieldViolation {
  path: string;
  constraint: FieldConstraint;
  message: string;
  invalidValue: unknown;
}

export const FIELD_CONSTRAINTS = [
  'required',
  'type',
  'empty',
  'length',
  'too_long',
  'pattern',
  'email',
  'characters',
  'currency',
  'range',
  'unique',
  'unknown',
] as const;

export type FieldConstraint = (typeof FIELD_CONSTRAINTS)[number];

/** An entry of the audit trail that made an approval stale. */
export interface ObjectChange {
  object: string;
  /** Such as `account.frozen`. */
  action: string;
  /** Prefixed id of the actor. */
  actor: string;
  /** RFC 3339. */
  occurredAt: string;
}

export interface AppErrorDetails {
  fields?: readonly FieldViolation[];
  /** `account_exists`: the existing account, for an API that shows it. */
  existing?: unknown;
  /** The verdict of each rule, for a decision by rules. */
  verdicts?: readonly Verdict[];
  /** `transition_not_allowed`: the state, and the transitions that it allows. */
  state?: string;
  allowedActs?: readonly string[];
  /** `approval_stale`: the changes of the object since the request. */
  changes?: readonly ObjectChange[];
  /** `method_not_allowed`: the methods that this path supports. */
  allow?: readonly string[];
  /** `service_unavailable`, `rate_limited`: seconds after which the client should retry. */
  retryAfterSeconds?: number;
}

export class AppError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly details: AppErrorDetails = {},
    options?: { cause?: unknown },
  ) {
    super(code, options);
    this.name = 'AppError';
  }
}

/**
 * `service_unavailable` because concurrent transactions kept conflicting (deadlock, serialization failure). Unlike
 * during an outage, a retry as a single item may succeed.
 */
export class ContentionError extends AppError {
  constructor(cause: unknown) {
    super('service_unavailable', {}, { cause });
  }
}

/**
 * Refusals that decide a well-formed request. Under an idempotency key such a response is stored like a success; all
 * other errors (a malformed body, a missing credential, an outage) leave the key free for a retry.
 */
export const DECISIONS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'platform_not_verified',
  'customer_suspended',
  'kyc_not_approved',
  'currency_not_allowed',
  'currency_not_available',
  'product_not_found',
  'product_not_available',
  'account_exists',
  'account_limit_reached',
  'api_key_limit_reached',
  'account_identifier_taken',
  'customer_identifier_taken',
  'customer_display_name_taken',
  'name_taken',
  'approval_pending',
  'approval_stale',
  'second_person_required',
  'transition_not_allowed',
  'account_not_empty',
  'account_frozen',
  'account_not_active',
  'debits_restricted',
  'insufficient_funds',
  'balance_limit_exceeded',
  'currency_mismatch',
  'reference_taken',
]);
