import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  CodeField,
  EMAIL_SCHEMA,
  EmailField,
  IdentifierField,
  ListField,
  OneOfField,
  TextField,
  textSchema,
} from '../../../http/fields.js';
import { LineKey } from '../bulk/line.dto.js';
import { Choice, Reason, Text } from '../properties.js';

export const CHANNELS = ['owner', 'workspace', 'platform'] as const;
export type LineChannel = (typeof CHANNELS)[number];

/** Those of the platform API. */
const PLATFORM_CURRENCIES = ['AUD', 'CAD', 'EUR', 'GBP', 'USD'];
const MAX_NOTIFICATIONS = 100;

const PLATFORM = { description: 'The platform of the customer.', example: 'plt_1', max: 20 };
const CUSTOMER = {
  description: 'The customer, as the platform calls it.',
  minLength: 5,
  maxLength: 100,
  pattern: '^[-0-9a-zA-Z]+$',
  example: 'acme-corp',
};

/** Fields that every account line has, for any of the three APIs. */
class AccountLineRequest {
  @LineKey()
  idempotencyKey!: string;

  @Reason()
  reason!: string;
}

/** An account for the owner API. */
export class OwnerAccountLineRequest extends AccountLineRequest {
  @Choice('required', { description: 'The API it is for.', values: ['owner'], example: 'owner' })
  channel!: 'owner';

  @Text('required', PLATFORM)
  platform!: string;

  @ApiProperty(CUSTOMER)
  @IdentifierField()
  customerIdentifier!: string;

  @ApiProperty({
    description: 'ISO 4217 code, or a configured digital one such as BTC. Case does not matter.',
    pattern: '^[A-Za-z0-9]{3,10}$',
    example: 'ZAR',
  })
  @CodeField('currency', 'must be a currency code', /^[A-Za-z0-9]{3,10}$/)
  currencyCode!: string;
}

/** An account for the workspace API. */
export class WorkspaceAccountLineRequest extends AccountLineRequest {
  @Choice('required', { description: 'The API it is for.', values: ['workspace'], example: 'workspace' })
  channel!: 'workspace';

  @Text('required', {
    description: 'The workspace; customer and platform are its own.',
    example: 'wsp_1_1',
    max: 50,
  })
  workspace!: string;

  @Text('required', { description: 'What to open.', example: 'prd_7', max: 20 })
  product!: string;

  @Text('optional', { description: 'A nickname.', example: 'USD Account', max: 100 })
  alias?: string;
}

export class LineFundingNotificationRequest {
  @ApiPropertyOptional({
    description: 'Recipient of funding notifications.',
    ...EMAIL_SCHEMA,
    example: 'treasury@example.com',
  })
  @EmailField('optional')
  emailAddress?: string;
}

/** An account for the platform API. */
export class PlatformAccountLineRequest extends AccountLineRequest {
  @Choice('required', { description: 'The API it is for.', values: ['platform'], example: 'platform' })
  channel!: 'platform';

  @Text('required', PLATFORM)
  platform!: string;

  @ApiProperty(CUSTOMER)
  @IdentifierField()
  customerIdentifier!: string;

  @ApiProperty({
    description: 'Identifies the account on its platform; case-insensitive.',
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
    default: 'USD',
    example: 'USD',
  })
  @OneOfField('optional', 'currency', PLATFORM_CURRENCIES)
  currencyCode?: string;

  @ApiPropertyOptional({
    description: 'E-mail addresses to notify of funding; no duplicates.',
    type: [LineFundingNotificationRequest],
    maxItems: MAX_NOTIFICATIONS,
    uniqueItems: true,
  })
  @ListField('optional', () => LineFundingNotificationRequest, {
    max: MAX_NOTIFICATIONS,
    identity: (item) => String((item as LineFundingNotificationRequest).emailAddress).toLowerCase(),
  })
  fundingNotification?: LineFundingNotificationRequest[];
}
