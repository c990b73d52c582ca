import { Choice, EmailAddress, Identifier, ObjectList, type Presence, Text } from './request-properties.js';

/** The currencies that the platform contract names. */
export const PLATFORM_CURRENCIES = ['AUD', 'CAD', 'EUR', 'GBP', 'USD'] as const;
export type PlatformCurrency = (typeof PLATFORM_CURRENCIES)[number];
export const DEFAULT_PLATFORM_CURRENCY: PlatformCurrency = 'USD';
const MAX_NOTIFICATIONS = 100;

export class FundingNotificationRequest {
  @EmailAddress('nullable', {
    description: 'Recipient of funding notifications, once it has confirmed the address.',
    example: 'treasury@example.com',
  })
  emailAddress?: string | null;
}

/** The recipients of funding notifications; duplicate addresses, ignoring case, are refused. */
export function FundingNotifications(presence: Presence, description: string): PropertyDecorator {
  return ObjectList(presence, {
    description,
    items: FundingNotificationRequest,
    max: MAX_NOTIFICATIONS,
    // An entry without an address is no recipient, and no repetition of another one.
    identity: (item) => {
      const { emailAddress } = item as Partial<FundingNotificationRequest>;
      return typeof emailAddress === 'string' ? emailAddress.toLowerCase() : null;
    },
  });
}

/** The addresses of the entries that have one. */
export function addressesOf(entries: readonly FundingNotificationRequest[] | null | undefined): string[] {
  return (entries ?? [])
    .map(({ emailAddress }) => emailAddress)
    .filter((address) => typeof address === 'string');
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

  @Choice('nullable', {
    description: 'Never changes afterwards.',
    values: PLATFORM_CURRENCIES,
    preset: DEFAULT_PLATFORM_CURRENCY,
    constraint: 'currency',
    example: 'USD',
  })
  currencyCode?: PlatformCurrency | null;

  @FundingNotifications('nullable', 'E-mail addresses to notify of funding; no duplicates.')
  fundingNotification?: FundingNotificationRequest[] | null;
}
