import { DatabaseError } from 'pg';
import { QueryFailedError, QueryRunnerAlreadyReleasedError } from 'typeorm';
import { AppError, ContentionError, type ErrorCode } from '../shared/app-error.js';
import { UnusableServerError } from './unusable-server.js';

/** The named constraints that detect duplicates under concurrency, with the error code of each. */
const DUPLICATES: Readonly<Record<string, ErrorCode>> = {
  uq_accounts_owner_currency: 'account_exists',
  uq_accounts_workspace_duplicate: 'account_exists',
  uq_accounts_account_identifier: 'account_identifier_taken',
  uq_customers_identifier: 'customer_identifier_taken',
  uq_customers_display_name: 'customer_display_name_taken',
  uq_admins_name: 'name_taken',
  uq_platforms_name: 'name_taken',
  uq_products_name: 'name_taken',
  pk_jurisdictions: 'name_taken',
  uq_approval_requests_pending: 'approval_pending',
  uq_transfers_reference: 'reference_taken',
  uq_holds_reference: 'reference_taken',
  uq_transfers_reverses: 'transition_not_allowed',
  uq_low_balance_alerts_display_name: 'name_taken',
};

/** Foreign keys to rows that may not exist, where the caller names them. */
const MISSING: Readonly<Record<string, ErrorCode>> = {
  fk_credentials_customer: 'object_not_found',
  fk_credentials_platform: 'object_not_found',
  fk_webhook_endpoints_platform: 'object_not_found',
};

const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';

/**
 * SQLSTATEs of failures of the server, not of the statement: connection exceptions (class 08), insufficient resources
 * (53), operator intervention such as a shutdown or a statement time-out (57), errors of its system (58) and of itself
 * (XX000; a retry does not mend the damaged data of XX001 and XX002), a lock not granted in time, a server that became
 * read-only because another one was promoted, a transaction that waited longer for its next statement (25P03) or took
 * longer (25P04) than a session may, and 55000, by which some poolers say that their server is gone: no statement raises
 * it.
 */
const UNAVAILABLE_STATES = /^(08|53|57|58)|^XX000$|^55000$|^55P03$|^25(006|P03|P04)$/;
const UNAVAILABLE_SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** Errors that pg reports without a code. */
const UNAVAILABLE_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Cannot use a pool after calling end|Client was closed)/;

export interface DriverFailure {
  code?: string;
  constraint?: string;
  message?: string;
  errors?: DriverFailure[];
}

/**
 * The `AppError` for a failed statement: a duplicate, a missing referenced row, a conflict of transactions, or an
 * unavailable database; any other error is returned unchanged.
 */
export function toAppError(error: unknown): unknown {
  const failure = driverFailure(error);
  const refusal = refusalOf(failure);
  if (refusal !== undefined) return new AppError(refusal, {}, { cause: error });
  if (isRetryable(error)) return new ContentionError(error);
  // An error of the server outside a statement is a refused connection.
  if (error instanceof DatabaseError || isUnusable(error) || isUnavailable(failure)) {
    return new AppError('service_unavailable', {}, { cause: error });
  }
  return error;
}

/** TypeORM returns a connection to the pool as soon as it breaks; work that still uses it gets its error. */
const isUnusable = (error: unknown): boolean =>
  error instanceof QueryRunnerAlreadyReleasedError || error instanceof UnusableServerError;

function refusalOf({ code, constraint = '' }: DriverFailure): ErrorCode | undefined {
  if (code === UNIQUE_VIOLATION) return DUPLICATES[constraint];
  return code === FOREIGN_KEY_VIOLATION ? MISSING[constraint] : undefined;
}

export function isRetryable(error: unknown): boolean {
  const { code } = driverFailure(error);
  return code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED;
}

function isUnavailable(failure: DriverFailure): boolean {
  const code = failure.code ?? '';
  if (code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED) return true;
  return (
    UNAVAILABLE_STATES.test(code) || isUnreachable(failure) || (failure.errors ?? []).some(isUnavailable)
  );
}

/** Whether no server answered, as the operating system or the driver reports it. */
export function isUnreachable({ code = '', message = '', errors = [] }: DriverFailure): boolean {
  return (
    UNAVAILABLE_SYSTEM_CODES.has(code) ||
    UNAVAILABLE_MESSAGES.test(message) ||
    // A host with several addresses that all refuse is reported as one error holding one per address.
    errors.some(isUnreachable)
  );
}

function driverFailure(error: unknown): DriverFailure {
  if (error instanceof QueryFailedError) return error.driverError as DriverFailure;
  return error instanceof Error ? error : {};
}
