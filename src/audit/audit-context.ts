import type { PostingRole } from '../entities/admin.entity.js';
import type { ActorKind } from '../entities/audit-entry.entity.js';
import type { Stopwatch } from '../shared/stopwatch.js';

/** The actor: a person, a program, or a background job of the bank. */
export interface Actor {
  kind: ActorKind;
  /** Prefixed id, such as `adm_0_1`; of a provider its name. */
  id: string;
  /** For people, as it was at the time. */
  name: string;
}

/** Actor, reason and request: recorded with every audited change. */
export interface AuditContext {
  actor: Actor;
  reason: string | null;
  requestId: string | null;
  /** Id of the credential that the call came with; missing where there is none, as on the command line. */
  credentialId?: string;
  /** Role of an admin, for its posting limits. Missing where no limit applies. */
  postingRole?: PostingRole;
  /** Runs along with the request. */
  watch?: Stopwatch;
}

/** The bank's own clockwork. */
export function systemContext(name: string, reason: string): AuditContext {
  return { actor: { kind: 'system', id: 'system', name }, reason, requestId: null };
}
