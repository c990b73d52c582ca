import type { ActContext } from '../audit/act.js';
import { type Caller, credentialIdOf } from './caller.js';

/** The audit context of a call: actor, reason and request. */
export function toAct(caller: Caller, requestId: string, reason: string | null = null): ActContext {
  const { kind, actorId, name, scopes } = caller;
  const actor = { kind: kind === 'owner' ? ('customer' as const) : kind, id: actorId, name };
  const credentialId = credentialIdOf(caller);
  const act: ActContext = { actor, reason, requestId };
  if (credentialId !== null) act.credentialId = credentialId;
  // A token that is narrowed to fewer scopes has the limits of the lower role.
  if (kind === 'admin') act.postingRole = scopes.has('admin:approve') ? 'approver' : 'operator';
  return act;
}
