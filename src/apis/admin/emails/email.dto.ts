import type { EmailRow, EmailView } from '../../../mail/email-queries.service.js';
import { toHouseId, toTenantId } from '../../../shared/object-id.js';
import {
  Shown,
  ShownKind,
  ShownOrNull,
  ShownTime,
  ShownTimeOrNull,
  toTime,
  toTimeOrNull,
} from '../properties.js';

/** An e-mail to one recipient. */
export class EmailResponse {
  @ShownKind('email')
  object!: 'email';

  @Shown('Its id.', 'eml_1_1')
  id!: string;

  @Shown('Its platform.', 'plt_1')
  platform!: string;

  @Shown('What it tells of.', 'account_funded', { enum: ['account_funded', 'balance_low'] })
  kind!: string;

  @Shown('The account it is about.', 'acc_1_1')
  account!: string;

  @Shown('The event it tells of.', 'evt_1_1')
  event!: string;

  @Shown('The address it goes to; each has an e-mail of its own.', 'treasury@example.com')
  recipient!: string;

  @Shown('Its subject.', 'USD 25.50 received: Acme operating')
  subject!: string;

  @Shown('What has become of it; `not_sent`: there was no mail server to give it to.', 'sent', {
    enum: ['pending', 'sent', 'not_sent', 'failed'],
  })
  status!: string;

  @Shown('Attempts since it was last queued.', 1, { type: 'integer' })
  attempts!: number;

  @ShownTimeOrNull('While it is pending: when the next attempt may begin.')
  nextAttemptAt!: string | null;

  @ShownOrNull('What the last attempt that failed met.', null)
  lastError!: string | null;

  @ShownTime('When it was written.')
  createdAt!: string;

  @ShownTimeOrNull('When it was sent, or given up.')
  completedAt!: string | null;
}

/** An e-mail with its text. */
export class EmailDetailResponse extends EmailResponse {
  @Shown('Its text.', 'Money has arrived on an account.\n')
  body!: string;
}

export function presentEmail(email: EmailRow): EmailResponse {
  const { platformId, id, kind, recipient, subject, status, attempts, lastError } = email;
  return {
    object: 'email',
    id: toTenantId('eml', platformId, id),
    platform: toHouseId('plt', platformId),
    kind,
    account: email.objectId,
    event: toTenantId('evt', platformId, email.eventId),
    recipient,
    subject,
    status,
    attempts,
    nextAttemptAt: status === 'pending' ? toTime(email.nextAttemptAt) : null,
    lastError,
    createdAt: toTime(email.createdAt),
    completedAt: toTimeOrNull(email.completedAt),
  };
}

export function presentEmailDetail(email: EmailView): EmailDetailResponse {
  return { ...presentEmail(email), body: email.body };
}
