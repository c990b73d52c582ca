import type { EmailStatus } from '../entities/email.entity.js';
import type { StateMachine } from '../shared/state-machine.js';

export const EMAIL_TRANSITIONS = ['send'] as const;
export type EmailTransition = (typeof EMAIL_TRANSITIONS)[number];

/** The transitions that admins may apply; those of the mailer are not part of it. */
export const EMAIL_MACHINE: StateMachine<EmailStatus, EmailTransition> = {
  send: { from: ['not_sent', 'failed'], to: 'pending' },
};
