import type { ActContext } from '../audit/act.js';
import type { Caller } from './caller.js';

/** Who acts by a call, why, and in which request. */
export function toAct(
  { kind, id, actorId, name, scopes }: Caller,
  requestId: string,
  reason: string | null = null,
): ActContext {
  const actor = { kind: kind === 'owner' ? ('customer' as const) : kind, id: actorId, name };
  const credentialId = /^credential:(\d+)$/.exec(id)?.[1];
  const act: ActContext = { actor, reason, requestId };
  if (credentialId !== undefined) act.credentialId = credentialId;
  // A token that is narrowed to fewer scopes has the limits of the lower role.
  if (kind === 'admin') act.postingRole = scopes.has('admin:approve') ? 'approver' : 'operator';
  return act;
}
