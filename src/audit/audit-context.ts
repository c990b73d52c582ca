import type { PostingRole } from '../entities/admin.entity.js';
import type { ActorKind } from '../entities/audit-entry.entity.js';
import type { Stopwatch } from '../shared/stopwatch.js';

/** The actor of an operation: a person, a program, or a background job of the bank. */
export interface Actor {
  kind: ActorKind;
  /** Prefixed id, such as `adm_0_1`; for a provider, its name. */
  id: string;
  /** Display name at the time of the operation. */
  name: string;
}

/** Audit context: actor, reason and request of an audited operation. */
export interface AuditContext {
  actor: Actor;
  reason: string | null;
  requestId: string | null;
  /** Id of the credential of the request; missing when there is none, as on the command line. */
  credentialId?: string;
  /** For an admin: the role that determines the posting limits. Missing: no limit applies. */
  postingRole?: PostingRole;
  /** Measures the phases of the request. */
  watch?: Stopwatch;
}

/** The audit context of a background job. */
export function systemContext(name: string, reason: string): AuditContext {
  return { actor: { kind: 'system', id: 'system', name }, reason, requestId: null };
}
