import type { EmailAddressView } from '../../../mail/email-address-queries.service.js';
import { toSystemId, toTenantId } from '../../../shared/object-id.js';
import {
  NullableResponseTime,
  ResponseKind,
  ResponseProperty,
  ResponseTime,
  toTime,
  toTimeOrNull,
} from '../properties.js';

/** An address that a platform names, and what its owner has decided. */
export class EmailAddressResponse {
  @ResponseKind('email_address')
  object!: 'email_address';

  @ResponseProperty('Its id.', 'ead_1_1')
  id!: string;

  @ResponseProperty('The platform whose e-mails it gets.', 'plt_1')
  platform!: string;

  @ResponseProperty('The address, in lower case.', 'treasury@example.com')
  address!: string;

  @ResponseProperty(
    'What its owner has decided: `unconfirmed` gets confirmation e-mails only, `unsubscribed` gets nothing.',
    'confirmed',
    { enum: ['unconfirmed', 'confirmed', 'unsubscribed'] },
  )
  status!: string;

  @ResponseProperty('Confirmation e-mails since it was first named or last reset; three at most.', 1, {
    type: 'integer',
  })
  confirmations!: number;

  @NullableResponseTime('When the last confirmation e-mail was queued.')
  confirmationSentAt!: string | null;

  @NullableResponseTime('When its owner confirmed or unsubscribed.')
  decidedAt!: string | null;

  @ResponseTime('When it was first named by an event.')
  createdAt!: string;
}

export function presentEmailAddress(address: EmailAddressView): EmailAddressResponse {
  const { platformId, id, status, confirmations, confirmationSentAt, decidedAt, createdAt } = address;
  return {
    object: 'email_address',
    id: toTenantId('ead', platformId, id),
    platform: toSystemId('plt', platformId),
    address: address.address,
    status,
    confirmations,
    confirmationSentAt: toTimeOrNull(confirmationSentAt),
    decidedAt: toTimeOrNull(decidedAt),
    createdAt: toTime(createdAt),
  };
}
