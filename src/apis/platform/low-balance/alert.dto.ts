import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import {
  AMOUNT_LIMIT,
  AmountField,
  EMAIL_SCHEMA,
  EmailField,
  ListField,
  TextField,
  textSchema,
} from '../../../http/fields.js';
import type { AlertView } from '../../../payments/low-balance-alerts.service.js';
import { toMajorNumber } from '../../../shared/money.js';

const NAME_LENGTH = { min: 5, max: 100 };
const MAX_ADDRESSES = 100;

const NAME: ApiPropertyOptions = {
  type: String,
  ...textSchema(NAME_LENGTH),
  example: 'Running low',
};
/** `exclusiveMinimum` is a number in OpenAPI 3.1; the library's types are those of 3.0. */
const THRESHOLD = {
  type: Number,
  exclusiveMinimum: 0,
  exclusiveMaximum: AMOUNT_LIMIT,
  example: 250.5,
} as unknown as ApiPropertyOptions;

export class AlertNotificationRequest {
  @ApiProperty({
    description: 'Recipients of the alert’s e-mail.',
    ...EMAIL_SCHEMA,
    example: 'treasury@example.com',
  })
  @EmailField('required')
  emailAddress!: string;
}

const ADDRESSES = {
  max: MAX_ADDRESSES,
  min: 1,
  identity: (item: object): string =>
    String((item as Partial<AlertNotificationRequest>).emailAddress).toLowerCase(),
};
const NOTIFICATION: ApiPropertyOptions = {
  type: [AlertNotificationRequest],
  minItems: 1,
  maxItems: MAX_ADDRESSES,
  uniqueItems: true,
};

export class CreateAlertRequest {
  @ApiProperty({ ...NAME, description: 'For people, unique on the account. No emoji.' })
  @TextField('required', NAME_LENGTH)
  balanceAlertDisplayName!: string;

  @ApiProperty({
    ...THRESHOLD,
    description: 'Major units, with no more decimals than the account’s currency has.',
  })
  @AmountField('required')
  balanceAlertThreshold!: number;

  @ApiProperty({
    ...NOTIFICATION,
    description: 'E-mail addresses to notify; duplicates, ignoring case, are refused.',
  })
  @ListField('required', () => AlertNotificationRequest, ADDRESSES)
  balanceAlertNotification!: AlertNotificationRequest[];
}

export class AmendAlertRequest {
  @ApiPropertyOptional({
    ...NAME,
    nullable: true,
    description: 'For people, unique on the account. No emoji. Null keeps it.',
  })
  @TextField('nullable', NAME_LENGTH)
  balanceAlertDisplayName?: string | null;

  @ApiPropertyOptional({
    ...THRESHOLD,
    nullable: true,
    description: 'Major units, with no more decimals than the account’s currency has. Null keeps it.',
  })
  @AmountField('nullable')
  balanceAlertThreshold?: number | null;

  @ApiPropertyOptional({
    ...NOTIFICATION,
    nullable: true,
    description: 'Replaces the whole list. Null keeps it.',
  })
  @ListField('nullable', () => AlertNotificationRequest, ADDRESSES)
  balanceAlertNotification?: AlertNotificationRequest[] | null;
}

export class AlertNotificationResponse {
  @ApiProperty({ description: 'Recipients of the alert’s e-mail.', example: 'treasury@example.com' })
  emailAddress!: string;
}

/** A low-balance alert. */
export class AlertResponse {
  @ApiProperty({
    format: 'uuid',
    description: 'Its id.',
    example: '0b0ff7f0-3c5c-4d0e-9d5e-4f1a7c2b9a10',
  })
  balanceAlertID!: string;

  @ApiProperty({ description: 'For people.', example: 'Running low' })
  balanceAlertDisplayName!: string;

  @ApiProperty({ description: 'Major units.', type: Number, example: 250.5 })
  balanceAlertThreshold!: number;

  @ApiProperty({ description: 'E-mail addresses to notify.', type: [AlertNotificationResponse] })
  balanceAlertNotification!: AlertNotificationResponse[];

  @ApiProperty({ description: 'The customer on this platform.', example: 'acme-group' })
  customerIdentifier!: string;

  @ApiProperty({ description: 'The account on this platform, in lower case.', example: 'acme-usd-1' })
  accountIdentifier!: string;

  @ApiProperty({ format: 'date-time', description: 'UTC.', example: '2024-03-13T23:25:59.600Z' })
  createdAt!: string;
}

export function presentAlert(alert: AlertView): AlertResponse {
  const { id, displayName, thresholdMinor, decimals, emails, customerIdentifier, accountIdentifier } = alert;
  return {
    balanceAlertID: id,
    balanceAlertDisplayName: displayName,
    balanceAlertThreshold: toMajorNumber(thresholdMinor, decimals),
    balanceAlertNotification: emails.map((emailAddress) => ({ emailAddress })),
    customerIdentifier,
    accountIdentifier,
    createdAt: alert.createdAt.toISOString(),
  };
}
