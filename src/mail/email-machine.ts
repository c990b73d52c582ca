import type { EmailStatus } from '../entities/email.entity.js';
import type { StateMachine } from '../shared/state-machine.js';

export const EMAIL_TRANSITIONS = ['send'] as const;
export type EmailTransition = (typeof EMAIL_TRANSITIONS)[number];

/** What people may do with e-mails; what the mailer does is its own. */
export const EMAIL_MACHINE: StateMachine<EmailStatus, EmailTransition> = {
  send: { from: ['not_sent', 'failed'], to: 'pending' },
};
