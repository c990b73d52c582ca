import type { AuditRecord } from '../audit/audit-trail.service.js';
import type { AdminRole } from '../entities/admin.entity.js';
import type { CustomerStatus } from '../entities/customer.entity.js';
import type { PlatformStatus } from '../entities/platform.entity.js';
import type { IdempotentRequest } from '../idempotency/idempotency.service.js';
import { AppError } from '../shared/app-error.js';
import type { Quota } from '../shared/quota.js';
import type { Stopwatch } from '../shared/stopwatch.js';

export type CallerKind = 'owner' | 'workspace' | 'platform' | 'admin';

/** What a credential of a platform or an owner may do. */
export const SCOPES = [
  'accounts:read',
  'accounts:write',
  'customers:read',
  'customers:write',
  'transfers:write',
] as const;
export const OWNER_SCOPES = ['accounts:read', 'accounts:write', 'api-keys:read', 'api-keys:write'] as const;
/** What an admin's role allows. */
export const ADMIN_SCOPES = ['admin:read', 'admin:write', 'admin:approve'] as const;
export const SCOPES_OF_ROLE: Readonly<Record<AdminRole, readonly (typeof ADMIN_SCOPES)[number][]>> = {
  viewer: ['admin:read'],
  operator: ['admin:read', 'admin:write'],
  approver: ['admin:read', 'admin:write', 'admin:approve'],
};

export type Scope = (typeof SCOPES)[number] | (typeof OWNER_SCOPES)[number] | (typeof ADMIN_SCOPES)[number];

/** The caller: what the credential has proved, not what the request claims. */
export interface Caller {
  kind: CallerKind;
  platformId: string;
  /** `credential:<id>` or `session:<id>`: the scope of its idempotency keys. */
  id: string;
  /** Prefixed id for the audit trail: of the admin if there is one, otherwise of the credential or session. */
  actorId: string;
  /** Display name: of the admin or of the credential. */
  name: string;
  /** The customer that owns the credential; owner API only. */
  customerId: string | null;
  /** The only workspace that this caller may act in; `null`: none, or any of the platform. Workspace API only. */
  workspaceId: string | null;
  /** The currencies in which this caller may open accounts; `null`: any. */
  allowedCurrencies: readonly string[] | null;
  scopes: ReadonlySet<string>;
  /** Set when its platform or its customer is suspended, so that it may do nothing; `null`: neither is. */
  suspension: Suspension | null;
  /** The rate limit of its credential; `null`: the default. */
  rateLimit: Quota | null;
  /** When its credential expires; `null`: it does not. */
  expiresAt: Date | null;
  /** Whether an access token gives it fewer scopes than its credential has. */
  isNarrowed: boolean;
}

/** The error for a suspended platform or customer. */
export type Suspension = 'platform_not_verified' | 'customer_suspended';

/** The id, within its platform, of the credential that a call came with; `null` for a session. */
export function credentialIdOf({ id }: Pick<Caller, 'id'>): string | null {
  return /^credential:(\d+)$/.exec(id)?.[1] ?? null;
}

/** @throws AppError credentials_invalid for a session */
export function requireCredentialId(caller: Pick<Caller, 'id'>): string {
  const id = credentialIdOf(caller);
  if (id === null) throw new AppError('credentials_invalid');
  return id;
}

/** @param of the platform's status, and the customer's if there is a customer */
export function suspensionOf(of: {
  platformStatus: PlatformStatus;
  customerStatus: CustomerStatus | null;
}): Suspension | null {
  if (of.platformStatus === 'suspended') return 'platform_not_verified';
  return of.customerStatus === 'suspended' ? 'customer_suspended' : null;
}

/** Tells the request its caller. @throws AppError when the caller has too many requests */
export function authenticate(request: CallerRequest, caller: Caller): void {
  request.user = caller;
  for (const react of request.onAuthenticated ?? []) react(caller);
}

/** The customer that a call acts for, found and authorised by a guard. */
export interface Subject {
  customerId: string;
  /** Workspace API only. */
  workspaceId?: string;
  /** Whether the customer is suspended, if the guard that found it knows. */
  isSuspended?: boolean;
}

/** Why a presented credential was refused. For logs, metrics and the audit trail; never part of the response. */
export interface AuthenticationFailure {
  reason:
    | 'unknown_key'
    | 'wrong_secret'
    | 'revoked_key'
    | 'expired_key'
    | 'foreign_network'
    | 'disabled_admin'
    | 'invalid_token'
    | 'ended_session'
    | 'used_refresh_token'
    | 'other_api';
  /** Id of the credential, if one was found. */
  credential?: string;
}

/** Properties that guards set on the request. */
export interface CallerRequest {
  user?: Caller;
  authenticationFailure?: AuthenticationFailure;
  /** Called with the caller as soon as a guard has authenticated it. They throw an AppError to refuse the request. */
  onAuthenticated?: ((caller: Caller) => void)[];
  subject?: Subject;
  /** Parts of the request's fingerprint beside method, path and body, such as the workspace that it names. */
  fingerprintParts?: string[];
  idempotent?: IdempotentRequest;
  watch?: Stopwatch;
  /** Whether a stored response may be replayed; missing: for as long as it is stored. */
  mayReplay?: () => Promise<boolean>;
  /** The entry that the audit trail gets when this request is refused; missing: it gets none. */
  describeRefusal?: (error: AppError) => Promise<AuditRecord>;
  /** Called with an error that ends the request. @throws the same error, or the one to answer with instead */
  settleFailure?: (error: unknown) => Promise<never>;
}
