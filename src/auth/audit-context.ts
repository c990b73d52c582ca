import type { AuditContext } from '../audit/audit-context.js';
import { type Caller, credentialIdOf } from './caller.js';

/** The audit context of a call: actor, reason and request. */
export function toAuditContext(
  caller: Caller,
  requestId: string,
  reason: string | null = null,
): AuditContext {
  const { kind, actorId, name, scopes } = caller;
  const actor = { kind: kind === 'owner' ? ('customer' as const) : kind, id: actorId, name };
  const credentialId = credentialIdOf(caller);
  const audit: AuditContext = { actor, reason, requestId };
  if (credentialId !== null) audit.credentialId = credentialId;
  // A token narrowed to fewer scopes has the limits of the lower role.
  if (kind === 'admin') audit.postingRole = scopes.has('admin:approve') ? 'approver' : 'operator';
  return audit;
}
