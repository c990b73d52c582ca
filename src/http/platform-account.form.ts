import { Choice, EmailAddress, Identifier, ObjectList, type Presence, Text } from './request-properties.js';

/** The currencies that the platform contract names. */
export const PLATFORM_CURRENCIES = ['AUD', 'CAD', 'EUR', 'GBP', 'USD'] as const;
export type PlatformCurrency = (typeof PLATFORM_CURRENCIES)[number];
export const DEFAULT_PLATFORM_CURRENCY: PlatformCurrency = 'USD';
const MAX_NOTIFICATIONS = 100;

export class FundingNotificationRequest {
  @EmailAddress('optional', {
    description: 'Recipient of funding notifications.',
    example: 'treasury@example.com',
  })
  emailAddress?: string;
}

/** The recipients of funding notifications; duplicates, ignoring case, are refused. */
export function FundingNotifications(presence: Presence, description: string): PropertyDecorator {
  return ObjectList(presence, {
    description,
    items: FundingNotificationRequest,
    max: MAX_NOTIFICATIONS,
    identity: (item) => String((item as FundingNotificationRequest).emailAddress).toLowerCase(),
  });
}

/** The account that a platform opens: the body of its own API, and a line of the admin API. */
export class PlatformAccountForm {
  @Identifier({
    description:
      'Identifies the account on this platform; unique ignoring case, stored and returned in lower case.',
    example: 'acme-usd-1',
  })
  accountIdentifier!: string;

  @Text('required', { description: 'For people. No emoji.', example: 'Acme operating', min: 5, max: 100 })
  displayName!: string;

  @EmailAddress('required', { description: 'The account’s representative.', example: 'ops@example.com' })
  contactEmail!: string;

  @Choice('optional', {
    description: 'Never changes afterwards.',
    values: PLATFORM_CURRENCIES,
    preset: DEFAULT_PLATFORM_CURRENCY,
    constraint: 'currency',
    example: 'USD',
  })
  currencyCode?: PlatformCurrency;

  @FundingNotifications('optional', 'E-mail addresses to notify of funding; no duplicates.')
  fundingNotification?: FundingNotificationRequest[];
}
