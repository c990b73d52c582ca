import type { EmailStatus } from '../entities/email.entity.js';
import type { StateMachine } from '../shared/state-machine.js';

export const EMAIL_ACTS = ['send'] as const;
export type EmailAct = (typeof EMAIL_ACTS)[number];

/** What people may do with e-mails; what the mailer does is its own. */
export const EMAIL_MACHINE: StateMachine<EmailStatus, EmailAct> = {
  send: { from: ['not_sent', 'failed'], to: 'pending' },
};
