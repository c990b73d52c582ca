import { ApiProperty } from '@nestjs/swagger';
import type { AccountStatus, AccountView } from '../../../accounts/reading/account-view.js';
import { toMajorNumber } from '../../../shared/money.js';

export const ACCOUNT_STATUSES = ['ACTIVE', 'INACTIVE', 'DISABLED', 'FROZEN', 'DELETED'] as const;
export type WireStatus = (typeof ACCOUNT_STATUSES)[number];

/** `INACTIVE` is final here, as `closed` is in the core. */
const STATUS_OF = {
  active: 'ACTIVE',
  frozen: 'FROZEN',
  disabled: 'DISABLED',
  closed: 'INACTIVE',
} as const satisfies Record<AccountStatus, WireStatus>;

export class FundingNotificationResponse {
  @ApiProperty({ description: 'Recipient of funding notifications.', example: 'treasury@example.com' })
  emailAddress!: string;
}

/** An account as its platform sees it. */
export class PlatformAccountResponse {
  @ApiProperty({ description: 'The account on this platform, in lower case.', example: 'acme-usd-1' })
  accountIdentifier!: string;

  @ApiProperty({ description: 'A and digits, the last one a check digit.', example: 'A000000000018' })
  accountNumber!: string;

  @ApiProperty({ description: 'For people.', example: 'Acme operating' })
  displayName!: string;

  @ApiProperty({ description: 'ISO 4217 code.', example: 'USD' })
  currencyCode!: string;

  @ApiProperty({ description: 'Posted balance in major units.', type: Number, example: 0 })
  currentBalance!: number;

  @ApiProperty({ format: 'date-time', description: 'UTC.', example: '2024-03-13T23:25:59.600Z' })
  createdAt!: string;

  @ApiProperty({
    description: 'Whether it can be used; INACTIVE is final.',
    enum: ACCOUNT_STATUSES,
    example: 'ACTIVE',
  })
  status!: WireStatus;

  @ApiProperty({ description: 'The account’s representative.', example: 'ops@example.com' })
  contactEmail!: string;

  @ApiProperty({
    description: 'E-mail addresses that are notified of funding.',
    type: [FundingNotificationResponse],
  })
  fundingNotification!: FundingNotificationResponse[];
}

export function presentAccount(account: AccountView): PlatformAccountResponse {
  return {
    accountIdentifier: account.accountIdentifier ?? '',
    accountNumber: `A${account.number}`,
    displayName: account.displayName ?? '',
    currencyCode: account.currency.code,
    currentBalance: toMajorNumber(account.balance.postedMinor, account.currency.decimals),
    createdAt: account.createdAt.toISOString(),
    status: presentStatus(account.status),
    contactEmail: account.contactEmail ?? '',
    fundingNotification: account.fundingNotificationEmails.map((emailAddress) => ({ emailAddress })),
  };
}

export function presentStatus(status: AccountStatus): WireStatus {
  return STATUS_OF[status];
}

/** The core's statuses that are shown as this one; none for `DELETED`, which nothing becomes yet. */
export function statusesShownAs(wire: WireStatus): AccountStatus[] {
  return (Object.keys(STATUS_OF) as AccountStatus[]).filter((status) => STATUS_OF[status] === wire);
}
