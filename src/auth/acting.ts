import type { ActContext } from '../audit/act.js';
import type { Caller } from './caller.js';

/** Who acts by a call, why, and in which request. */
export function toAct(
  { kind, actorId, name }: Caller,
  requestId: string,
  reason: string | null = null,
): ActContext {
  return { actor: { kind: kind === 'owner' ? 'customer' : kind, id: actorId, name }, reason, requestId };
}
