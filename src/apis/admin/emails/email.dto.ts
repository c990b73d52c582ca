import type { EmailRow, EmailView } from '../../../mail/email-queries.service.js';
import { toSystemId, toTenantId } from '../../../shared/object-id.js';
import {
  ResponseProperty,
  ResponseKind,
  NullableResponseProperty,
  ResponseTime,
  NullableResponseTime,
  toTime,
  toTimeOrNull,
} from '../properties.js';

/** An e-mail to one recipient. */
export class EmailResponse {
  @ResponseKind('email')
  object!: 'email';

  @ResponseProperty('Its id.', 'eml_1_1')
  id!: string;

  @ResponseProperty('Its platform.', 'plt_1')
  platform!: string;

  @ResponseProperty(
    'What it tells of; `address_confirmation`: it asks to confirm the address.',
    'account_funded',
    {
      enum: ['account_funded', 'balance_low', 'address_confirmation'],
    },
  )
  kind!: string;

  @ResponseProperty('The account it is about.', 'acc_1_1')
  account!: string;

  @ResponseProperty('The event it tells of, or that led to it.', 'evt_1_1')
  event!: string;

  @ResponseProperty('The address it goes to; each has an e-mail of its own.', 'treasury@example.com')
  recipient!: string;

  @ResponseProperty('Its subject.', 'USD 25.50 received: A000000000123')
  subject!: string;

  @ResponseProperty('What has become of it; `not_sent`: there was no mail server to give it to.', 'sent', {
    enum: ['pending', 'sent', 'not_sent', 'failed'],
  })
  status!: string;

  @ResponseProperty('Attempts since it was last queued.', 1, { type: 'integer' })
  attempts!: number;

  @NullableResponseTime('While it is pending: when the next attempt may begin.')
  nextAttemptAt!: string | null;

  @NullableResponseProperty('What the last attempt that failed met.', null)
  lastError!: string | null;

  @ResponseTime('When it was written.')
  createdAt!: string;

  @NullableResponseTime('When it was sent, or given up.')
  completedAt!: string | null;
}

/** An e-mail with its text. */
export class EmailDetailResponse extends EmailResponse {
  @ResponseProperty('Its text.', 'Money has arrived on an account.\n')
  body!: string;
}

export function presentEmail(email: EmailRow): EmailResponse {
  const { platformId, id, kind, recipient, subject, status, attempts, lastError } = email;
  return {
    object: 'email',
    id: toTenantId('eml', platformId, id),
    platform: toSystemId('plt', platformId),
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
