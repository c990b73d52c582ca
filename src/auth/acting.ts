import type { ActContext } from '../audit/act.js';
import type { Caller } from './caller.js';

/** Who acts by a call, why, and in which request. */
export function toAct(
  { kind, id, actorId, name }: Caller,
  requestId: string,
  reason: string | null = null,
): ActContext {
  const actor = { kind: kind === 'owner' ? ('customer' as const) : kind, id: actorId, name };
  const credentialId = /^credential:(\d+)$/.exec(id)?.[1];
  return credentialId === undefined
    ? { actor, reason, requestId }
    : { actor, reason, requestId, credentialId };
}
