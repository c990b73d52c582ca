import type { IdempotentRequest } from '../idempotency/idempotency.service.js';

export type CallerKind = 'owner' | 'workspace' | 'platform' | 'admin';

export const SCOPES = ['accounts:read', 'accounts:write', 'customers:read', 'customers:write'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who is calling: what the credential proved, and nothing that the request merely claims. */
export interface Caller {
  kind: CallerKind;
  platformId: string;
  /** `credential:<id>` or `session:<id>`: whose idempotency keys these are. */
  id: string;
  /** The customer who owns the credential; owner API only. */
  customerId: string | null;
  /** The one workspace this caller is held to; `null`: none, or any of the platform. Workspace API only. */
  workspaceId: string | null;
  scopes: ReadonlySet<string>;
}

/** For whom the call acts: the customer that a guard found the caller allowed to act for. */
export interface Subject {
  customerId: string;
  /** Workspace API only. */
  workspaceId?: string;
}

/** What guards leave on the request for those who come after them. */
export interface CallerRequest {
  user?: Caller;
  subject?: Subject;
  /** Makes this request this request beside method, path and body, such as the workspace it names. */
  fingerprintParts?: string[];
  idempotent?: IdempotentRequest;
}
