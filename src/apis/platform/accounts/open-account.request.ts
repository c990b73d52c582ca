import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  EMAIL_SCHEMA,
  EmailField,
  IdentifierField,
  ListField,
  OneOfField,
  TextField,
  textSchema,
} from '../../../http/fields.js';

export const PLATFORM_CURRENCIES = ['AUD', 'CAD', 'EUR', 'GBP', 'USD'] as const;
export type PlatformCurrency = (typeof PLATFORM_CURRENCIES)[number];
export const DEFAULT_CURRENCY: PlatformCurrency = 'USD';
export const MAX_NOTIFICATIONS = 100;

export class FundingNotificationRequest {
  @ApiPropertyOptional({
    description: 'Recipient of funding notifications.',
    ...EMAIL_SCHEMA,
    example: 'treasury@example.com',
  })
  @EmailField('optional')
  emailAddress?: string;
}

export class OpenPlatformAccountRequest {
  @ApiProperty({
    description:
      'Identifies the account on this platform; unique ignoring case, stored and returned in lower case.',
    minLength: 5,
    maxLength: 100,
    pattern: '^[-0-9a-zA-Z]+$',
    example: 'acme-usd-1',
  })
  @IdentifierField()
  accountIdentifier!: string;

  @ApiProperty({
    description: 'For people. No emoji.',
    ...textSchema({ min: 5, max: 100 }),
    example: 'Acme operating',
  })
  @TextField('required', { min: 5, max: 100 })
  displayName!: string;

  @ApiProperty({ description: 'The account’s representative.', ...EMAIL_SCHEMA, example: 'ops@example.com' })
  @EmailField('required')
  contactEmail!: string;

  @ApiPropertyOptional({
    description: 'Never changes afterwards.',
    enum: PLATFORM_CURRENCIES,
    default: DEFAULT_CURRENCY,
    example: 'USD',
  })
  @OneOfField('optional', 'currency', PLATFORM_CURRENCIES)
  currencyCode?: PlatformCurrency;

  @ApiPropertyOptional({
    description: 'E-mail addresses to notify of funding; no duplicates.',
    type: [FundingNotificationRequest],
    maxItems: MAX_NOTIFICATIONS,
    uniqueItems: true,
  })
  @ListField('optional', () => FundingNotificationRequest, {
    max: MAX_NOTIFICATIONS,
    identity: (item) => String((item as FundingNotificationRequest).emailAddress).toLowerCase(),
  })
  fundingNotification?: FundingNotificationRequest[];
}
