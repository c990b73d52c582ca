import { ApiProperty } from '@nestjs/swagger';
import { Amount, EmailAddress, ObjectList, Text } from '../../../http/request-properties.js';
import type { AlertView } from '../../../payments/low-balance-alerts.service.js';
import { toMajorNumber } from '../../../shared/money.js';

const MAX_ADDRESSES = 100;

const NAME = { example: 'Running low', min: 5, max: 100 };
const THRESHOLD = { example: 250.5 };

export class AlertNotificationRequest {
  @EmailAddress('required', {
    description: 'Recipient of the alert’s e-mail, once it has confirmed the address.',
    example: 'treasury@example.com',
  })
  emailAddress!: string;
}

const RECIPIENTS = {
  items: AlertNotificationRequest,
  min: 1,
  max: MAX_ADDRESSES,
  identity: (item: object): string =>
    String((item as Partial<AlertNotificationRequest>).emailAddress).toLowerCase(),
};

export class CreateAlertRequest {
  @Text('required', { ...NAME, description: 'For people, unique on the account. No emoji.' })
  balanceAlertDisplayName!: string;

  @Amount('required', {
    ...THRESHOLD,
    description: 'Major units, with no more decimals than the account’s currency has.',
  })
  balanceAlertThreshold!: number;

  @ObjectList('required', {
    ...RECIPIENTS,
    description: 'E-mail addresses to notify; duplicates, ignoring case, are refused.',
  })
  balanceAlertNotification!: AlertNotificationRequest[];
}

export class AmendAlertRequest {
  @Text('nullable', { ...NAME, description: 'For people, unique on the account. No emoji. Null keeps it.' })
  balanceAlertDisplayName?: string | null;

  @Amount('nullable', {
    ...THRESHOLD,
    description: 'Major units, with no more decimals than the account’s currency has. Null keeps it.',
  })
  balanceAlertThreshold?: number | null;

  @ObjectList('nullable', { ...RECIPIENTS, description: 'Replaces the whole list. Null keeps it.' })
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
