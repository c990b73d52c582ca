import { ApiProperty } from '@nestjs/swagger';
import type { AccountRecord } from '../../../accounts/reading/account-queries.service.js';
import { ACCOUNT_STATUSES, CHANNELS } from '../../../accounts/reading/account-view.js';
import { accountTransitionsIn } from '../../../accounts/lifecycle/account-machine.js';
import type { AuditEntryView } from '../../../audit/audit-search.service.js';
import { DryRunVerdict } from '../../../http/dry-run.guard.js';
import { toMajorNumber } from '../../../shared/money.js';
import { toSystemId, toTenantId } from '../../../shared/object-id.js';
import { AuditEntryResponse, presentEntry } from '../audit/audit.dto.js';
import {
  ResponseProperty,
  ResponseKind,
  NullableResponseProperty,
  ResponseTime,
  NullableResponseTime,
  toTime,
  toTimeOrNull,
} from '../properties.js';

/** An account of any channel. */
export class AdminAccountResponse {
  @ResponseKind('account')
  object!: 'account';

  @ResponseProperty('Its id here.', 'acc_1_1')
  id!: string;

  @ResponseProperty(
    'The API it was opened through; `settlement`: by the bank itself, for the world outside.',
    'owner',
    {
      enum: CHANNELS,
    },
  )
  channel!: string;

  @ResponseProperty('Its platform.', 'plt_1')
  platform!: string;

  @NullableResponseProperty('Its holder; none of a settlement account.', 'cus_1_1')
  customer!: string | null;

  @ResponseProperty('Name of its holder; Settlement where there is none.', 'Thandi Nkosi')
  holderName!: string;

  @ResponseProperty('Account number; its last digit is a check digit.', '000000000018')
  number!: string;

  @ResponseProperty('Its id in the owner API.', 'acc_8F4J2NQ07XK3M5RT')
  publicId!: string;

  @NullableResponseProperty('Its identifier in the platform API.', null)
  accountIdentifier!: string | null;

  @NullableResponseProperty('Its workspace.', null)
  workspace!: string | null;

  @NullableResponseProperty('Its product.', null)
  product!: string | null;

  @NullableResponseProperty('Its nickname, or display name.', null)
  label!: string | null;

  @ResponseProperty('Its currency.', 'ZAR')
  currency!: string;

  @ResponseProperty('What was booked, in major units.', 0, { type: Number })
  posted!: number;

  @ResponseProperty('What holds lock of it, in major units.', 0, { type: Number })
  locked!: number;

  @ResponseProperty('Status of the account.', 'active', {
    enum: ACCOUNT_STATUSES,
  })
  status!: string;

  @ResponseProperty('Transitions that the current status allows.', ['freeze', 'disable', 'close'], {
    type: [String],
  })
  allowedActs!: string[];

  @NullableResponseProperty('Why the status last changed.', null)
  statusReason!: string | null;

  @NullableResponseTime('When the status last changed.')
  statusChangedAt!: string | null;

  @ResponseTime('When it was opened.')
  createdAt!: string;

  @ResponseTime('When it last changed.')
  updatedAt!: string;
}

/** Why an account was opened. */
export class DecisionResponse {
  @ResponseProperty('The account.', 'acc_1_1')
  account!: string;

  @ResponseTime('When it was decided.')
  decidedAt!: string;

  @ResponseProperty('Actor that opened it.', 'crd_1_1')
  actor!: string;

  @ResponseProperty('Name of the actor that opened it.', 'demo owner')
  actorName!: string;

  @NullableResponseProperty('The request that opened it.', '0b0ff7f0-3c5c-4d0e-9d5e-4f1a7c2b9a10')
  requestId!: string | null;

  @ResponseProperty(
    'What was asked for, and the facts that counted: KYC evidence, jurisdiction, currency.',
    {
      channel: 'owner',
      currency: 'ZAR',
      jurisdiction: 'ZA',
      kycEvidence: 'demo',
    },
    { type: 'object', additionalProperties: true },
  )
  facts!: Record<string, unknown>;

  @ApiProperty({ description: 'Every rule, with its version.', type: [DryRunVerdict] })
  rules!: DryRunVerdict[];

  @ApiProperty({
    description: 'What happened to the account since, oldest first.',
    type: [AuditEntryResponse],
  })
  history!: AuditEntryResponse[];
}

/** What is shown of an account. */
export type ShownAccount = Omit<AccountRecord, 'customerIdentifier' | 'contactEmail'>;

export function presentAccount(account: ShownAccount): AdminAccountResponse {
  const { platformId, id, channel, customerId, holderName, number, publicId, decimals, status } = account;
  const { accountIdentifier, workspaceId, productId, alias, displayName, currencyCode, statusReason } =
    account;
  return {
    object: 'account',
    id: toTenantId('acc', platformId, id),
    channel,
    platform: toSystemId('plt', platformId),
    customer: customerId === null ? null : toTenantId('cus', platformId, customerId),
    holderName,
    number,
    publicId,
    accountIdentifier,
    workspace: workspaceId === null ? null : toTenantId('wsp', platformId, workspaceId),
    product: productId === null ? null : toSystemId('prd', productId),
    label: displayName ?? (alias === '' ? null : alias),
    currency: currencyCode,
    posted: toMajorNumber(BigInt(account.postedMinor), decimals),
    locked: toMajorNumber(BigInt(account.lockedMinor), decimals),
    status,
    allowedActs: accountTransitionsIn(account),
    statusReason,
    statusChangedAt: toTimeOrNull(account.statusChangedAt),
    createdAt: toTime(account.createdAt),
    updatedAt: toTime(account.updatedAt),
  };
}

/** @param history oldest first; it begins with the opening */
export function presentDecision(history: readonly AuditEntryView[]): DecisionResponse {
  const opened = history.find(({ action }) => action === 'account.opened');
  if (opened === undefined) throw new Error('an account without the entry of its opening');
  const { objectId, occurredAt, actorId, actorName, requestId, after, verdicts } = opened;
  return {
    account: objectId,
    decidedAt: toTime(occurredAt),
    actor: actorId,
    actorName,
    requestId,
    facts: after ?? {},
    rules: verdicts ?? [],
    history: history.filter((entry) => entry !== opened).map(presentEntry),
  };
}
