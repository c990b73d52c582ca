import type { Account, AccountStatus } from '../../entities/account.entity.js';
import { transitionsIn, type StateMachine } from '../../shared/state-machine.js';

export const ACCOUNT_TRANSITIONS = ['freeze', 'unfreeze', 'disable', 'enable', 'close', 'reopen'] as const;
export type AccountTransition = (typeof ACCOUNT_TRANSITIONS)[number];

/** State transitions of an account. `unfreeze` is the only transition out of `frozen`. */
export const ACCOUNT_MACHINE: StateMachine<AccountStatus, AccountTransition> = {
  freeze: { from: ['active', 'disabled'], to: 'frozen' },
  unfreeze: { from: ['frozen'], to: 'active' },
  disable: { from: ['active'], to: 'disabled' },
  enable: { from: ['disabled'], to: 'active' },
  close: { from: ['active', 'disabled'], to: 'closed' },
  reopen: { from: ['closed'], to: 'active' },
};

/**
 * What may be done with an account. To platforms the end of an account is final, so theirs are never opened again; a
 * settlement account has no life of its own.
 */
export function accountTransitionsIn({
  channel,
  status,
}: Pick<Account, 'channel' | 'status'>): AccountTransition[] {
  if (channel === 'settlement') return [];
  return transitionsIn(ACCOUNT_MACHINE, status).filter(
    (transition) => channel !== 'platform' || transition !== 'reopen',
  );
}
