import type { Type } from '@nestjs/common';
import { ACCOUNT_STATUSES, OPENING_CHANNELS } from '../../../accounts/reading/account-view.js';
import { KYC_STATUSES } from '../../../customers/customer-queries.service.js';
import type {
  EventAccount,
  EventBalance,
  EventCustomer,
  EventHold,
  EventPayloads,
  EventTransfer,
} from '../../../events/event-payloads.js';
import type { EventType } from '../../../events/event-types.js';
import { HOLD_STATUSES } from '../../../ledger/reports/hold-queries.service.js';
import { TRANSFER_KINDS } from '../../../ledger/reports/transfer-queries.service.js';
import {
  NullableResponseProperty,
  NullableResponseTime,
  ResponseMetadata,
  ResponseProperty,
  ResponseTime,
} from '../properties.js';

/** No event announces a case before it is submitted. */
const ANNOUNCED_KYC_STATUSES = KYC_STATUSES.filter((status) => status !== 'not_started');
const number = { type: Number } as const;

/** The account of an event, at the time of the event. */
export class WebhookAccount implements EventAccount {
  @ResponseProperty('Id of the account in the admin API.', 'acc_1_1')
  id!: string;

  @ResponseProperty('Account number, without the A of the platform API.', '000000000018')
  number!: string;

  @ResponseProperty('Id of the account in the owner API.', 'acc_8F4J2NQ07XK3M5RT')
  publicId!: string;

  @NullableResponseProperty('Identifier of the account in the platform API.', 'main-eur')
  accountIdentifier!: string | null;

  @ResponseProperty('The API through which it was opened.', 'platform', { enum: OPENING_CHANNELS })
  channel!: EventAccount['channel'];

  @NullableResponseProperty('Id of the customer in the admin API.', 'cus_1_2')
  customer!: string | null;

  @ResponseProperty('ISO 4217 code, or a digital one.', 'EUR')
  currency!: string;

  @ResponseProperty('Status of the account.', 'active', { enum: ACCOUNT_STATUSES })
  status!: EventAccount['status'];
}

export class WebhookTransfer implements EventTransfer {
  @ResponseProperty('Id of the transfer.', 'trf_1_17')
  id!: string;

  @ResponseProperty('Id of the first transfer that was posted with it.', 'trf_1_17')
  journal!: string;

  @ResponseProperty('Kind of the transfer.', 'transfer', { enum: TRANSFER_KINDS })
  kind!: EventTransfer['kind'];

  @ResponseProperty('The side of this account.', 'credit', { enum: ['debit', 'credit'] })
  side!: EventTransfer['side'];

  @ResponseProperty('Amount in major units.', 25.5, number)
  amount!: number;

  @ResponseProperty('Currency of the amount.', 'EUR')
  currency!: string;

  @ResponseProperty('Effective date.', '2026-01-15', { format: 'date' })
  effectiveDate!: string;

  @ResponseTime('Time of posting.')
  postedAt!: string;

  @NullableResponseProperty('Reference of the transfer.', 'invoice-4711')
  reference!: string | null;

  @NullableResponseProperty('Description of the transfer.', 'January invoice')
  description!: string | null;

  @ResponseMetadata()
  metadata!: Record<string, string>;

  @NullableResponseProperty('Id of the transfer that it reverses.', null)
  reverses!: string | null;
}

export class WebhookBalance implements EventBalance {
  @ResponseProperty('Posted balance after the transfer, in major units.', 100.25, number)
  posted!: number;

  @ResponseProperty('Amount reserved by holds, in major units.', 0, number)
  locked!: number;

  @ResponseProperty('Available balance: posted minus locked.', 100.25, number)
  available!: number;
}

export class WebhookHold implements EventHold {
  @ResponseProperty('Id of the hold.', 'hld_1_3')
  id!: string;

  @ResponseProperty('Status of the hold.', 'active', { enum: HOLD_STATUSES })
  status!: EventHold['status'];

  @ResponseProperty('Currency of the amounts.', 'EUR')
  currency!: string;

  @ResponseProperty('Amount of the hold, in major units.', 30, number)
  amount!: number;

  @ResponseProperty('Captured amount.', 0, number)
  captured!: number;

  @ResponseProperty('Released amount.', 0, number)
  released!: number;

  @ResponseProperty('Remaining amount.', 30, number)
  remaining!: number;

  @NullableResponseTime('Expiry of the hold.')
  expiresAt!: string | null;

  @NullableResponseProperty('Reference of the hold.', 'booking-4711')
  reference!: string | null;

  @NullableResponseProperty('Description of the hold.', 'Room, two nights')
  description!: string | null;

  @ResponseMetadata()
  metadata!: Record<string, string>;
}

export class WebhookCustomer implements EventCustomer {
  @ResponseProperty('Id of the customer in the admin API.', 'cus_1_2')
  id!: string;

  @ResponseProperty('Identifier of the customer on its platform.', 'acme-group')
  customerIdentifier!: string;

  @ResponseProperty('KYC status.', 'approved', { enum: ANNOUNCED_KYC_STATUSES })
  kycStatus!: EventCustomer['kycStatus'];

  @ResponseProperty('Round of the KYC case.', 1, { type: 'integer' })
  kycRound!: number;

  @NullableResponseTime('Expiry of the decision.')
  kycExpiresAt!: string | null;
}

export class WebhookAlert {
  @ResponseProperty('Id of the alert.', '7')
  id!: string;

  @ResponseProperty('Name of the alert.', 'Below one thousand')
  displayName!: string;

  @ResponseProperty('Threshold in major units.', 1_000, number)
  threshold!: number;
}

export class AccountOpenedData {
  @ResponseProperty('The account.', undefined, { type: WebhookAccount })
  account!: WebhookAccount;
}

export class AccountChangedData {
  @ResponseProperty('The account.', undefined, { type: WebhookAccount })
  account!: WebhookAccount;

  @NullableResponseProperty('Reason of the change.', 'asked for by the customer, ticket 4711')
  reason!: string | null;
}

export class TransferPostedData {
  @ResponseProperty('The account.', undefined, { type: WebhookAccount })
  account!: WebhookAccount;

  @ResponseProperty('The transfer, from the side of this account.', undefined, { type: WebhookTransfer })
  transfer!: WebhookTransfer;

  @ResponseProperty('Balance of the account after the transfer.', undefined, { type: WebhookBalance })
  balance!: WebhookBalance;
}

export class HoldChangedData {
  @ResponseProperty('The account.', undefined, { type: WebhookAccount })
  account!: WebhookAccount;

  @ResponseProperty('The hold.', undefined, { type: WebhookHold })
  hold!: WebhookHold;
}

export class BalanceLowData {
  @ResponseProperty('The account.', undefined, { type: WebhookAccount })
  account!: WebhookAccount;

  @ResponseProperty('The alert whose threshold was crossed.', undefined, { type: WebhookAlert })
  alert!: WebhookAlert;

  @ResponseProperty('Available balance in major units.', 950, number)
  available!: number;
}

export class KycChangedData {
  @ResponseProperty('The customer.', undefined, { type: WebhookCustomer })
  customer!: WebhookCustomer;
}

/** The `data` of each event type: a type without one does not compile. */
export const WEBHOOK_DATA: { readonly [Name in EventType]: Type<EventPayloads[Name]> } = {
  'account.opened': AccountOpenedData,
  'account.frozen': AccountChangedData,
  'account.unfrozen': AccountChangedData,
  'account.disabled': AccountChangedData,
  'account.enabled': AccountChangedData,
  'account.closed': AccountChangedData,
  'account.reopened': AccountChangedData,
  'transfer.posted': TransferPostedData,
  'hold.placed': HoldChangedData,
  'hold.captured': HoldChangedData,
  'hold.released': HoldChangedData,
  'hold.expired': HoldChangedData,
  'balance.low': BalanceLowData,
  'kyc.pending': KycChangedData,
  'kyc.approved': KycChangedData,
  'kyc.rejected': KycChangedData,
  'kyc.expired': KycChangedData,
};
