import type { Type } from '@nestjs/common';
import type { ApprovalSummaries } from '../../../approvals/approval-summary.js';
import type { ApprovedAction } from '../../../approvals/dangerous-effects.js';
import { POSTING_ROLES } from '../../../auth/admin-list.js';
import { ResponseProperty, NullableResponseProperty } from '../properties.js';
import {
  AccountStateResponse,
  AccountSummaryResponse,
  AdminStateResponse,
  CredentialSummaryResponse,
  CustomerStateResponse,
  LegSummaryResponse,
  LimitStateResponse,
  NamedObjectResponse,
  PlatformStateResponse,
  PostedStateResponse,
} from './summary-parts.dto.js';

const ShownAction = (...actions: ApprovedAction[]): PropertyDecorator =>
  ResponseProperty('What is requested.', actions[0], { enum: actions });
const ShownPart = (description: string, type: Type<unknown>): PropertyDecorator =>
  ResponseProperty(description, undefined, { type });
const Before = (type: Type<unknown>): PropertyDecorator => ShownPart('As it is when it is requested.', type);
const After = (type: Type<unknown>): PropertyDecorator =>
  ShownPart('As it will be when it is approved.', type);

type Summary<Action extends ApprovedAction> = ApprovalSummaries[Action];

class PlatformSummary {
  @ShownPart('The platform.', NamedObjectResponse)
  platform!: NamedObjectResponse;

  @Before(PlatformStateResponse)
  before!: PlatformStateResponse;

  @After(PlatformStateResponse)
  after!: PlatformStateResponse;
}

export class VerifyPlatformSummary extends PlatformSummary implements Summary<'platform.verify'> {
  @ShownAction('platform.verify')
  action!: 'platform.verify';
}

export class AmendPlatformSummary extends PlatformSummary implements Summary<'platform.amend'> {
  @ShownAction('platform.amend')
  action!: 'platform.amend';
}

class CustomerSummary {
  @ShownPart('The customer.', NamedObjectResponse)
  customer!: NamedObjectResponse;

  @ShownPart('Its platform.', NamedObjectResponse)
  platform!: NamedObjectResponse;

  @Before(CustomerStateResponse)
  before!: CustomerStateResponse;

  @After(CustomerStateResponse)
  after!: CustomerStateResponse;
}

export class OverrideJurisdictionSummary
  extends CustomerSummary
  implements Summary<'customer.override_jurisdiction'>
{
  @ShownAction('customer.override_jurisdiction')
  action!: 'customer.override_jurisdiction';
}

export class AmendCustomerSummary extends CustomerSummary implements Summary<'customer.amend'> {
  @ShownAction('customer.amend')
  action!: 'customer.amend';
}

class AccountStateSummary {
  @ShownPart('The account.', AccountSummaryResponse)
  account!: AccountSummaryResponse;

  @Before(AccountStateResponse)
  before!: AccountStateResponse;

  @After(AccountStateResponse)
  after!: AccountStateResponse;
}

export class ReopenAccountSummary extends AccountStateSummary implements Summary<'account.reopen'> {
  @ShownAction('account.reopen')
  action!: 'account.reopen';
}

export class UnfreezeAccountSummary extends AccountStateSummary implements Summary<'account.unfreeze'> {
  @ShownAction('account.unfreeze')
  action!: 'account.unfreeze';
}

export class AdjustAccountSummary implements Summary<'account.adjust'> {
  @ShownAction('account.adjust')
  action!: 'account.adjust';

  @ShownPart('The account.', AccountSummaryResponse)
  account!: AccountSummaryResponse;

  @ResponseProperty('Whether the account is given the amount or loses it.', 'credit', {
    enum: ['credit', 'debit'],
  })
  direction!: 'credit' | 'debit';

  @ResponseProperty('In major units of the currency.', 0.75)
  amount!: number;

  @ResponseProperty('The currency.', 'USD')
  currency!: string;

  @NullableResponseProperty('What it is, for people.', 'Lost payment')
  description!: string | null;

  @NullableResponseProperty('The day it counts for; null: the day of posting.', null, { format: 'date' })
  effectiveDate!: string | null;

  @Before(PostedStateResponse)
  before!: PostedStateResponse;

  @After(PostedStateResponse)
  after!: PostedStateResponse;
}

class LegsSummary {
  @ResponseProperty('What is posted, in this order, all or none.', undefined, { type: [LegSummaryResponse] })
  legs!: LegSummaryResponse[];
}

export class PostTransferSummary extends LegsSummary implements Summary<'transfer.post'> {
  @ShownAction('transfer.post')
  action!: 'transfer.post';
}

export class ReverseTransferSummary extends LegsSummary implements Summary<'transfer.reverse'> {
  @ShownAction('transfer.reverse')
  action!: 'transfer.reverse';

  @ResponseProperty('The transfer that is reversed, with all that was posted with it.', 'trf_1_1')
  transfer!: string;
}

export class ChangePostingLimitSummary implements Summary<'posting_limit.change'> {
  @ShownAction('posting_limit.change')
  action!: 'posting_limit.change';

  @ResponseProperty('The role.', 'operator', { enum: POSTING_ROLES })
  role!: string;

  @ResponseProperty('The currency.', 'USD')
  currency!: string;

  @Before(LimitStateResponse)
  before!: LimitStateResponse;

  @After(LimitStateResponse)
  after!: LimitStateResponse;
}

class CredentialRequestSummary {
  @ShownPart('The credential.', CredentialSummaryResponse)
  credential!: CredentialSummaryResponse;
}

export class IssueCredentialSummary extends CredentialRequestSummary implements Summary<'credential.issue'> {
  @ShownAction('credential.issue')
  action!: 'credential.issue';
}

export class RotateCredentialSummary
  extends CredentialRequestSummary
  implements Summary<'credential.rotate'>
{
  @ShownAction('credential.rotate')
  action!: 'credential.rotate';

  @ResponseProperty('For how many seconds after the approval the secret before stays good.', 86_400, {
    type: 'integer',
  })
  overlapSeconds!: number;
}

export class RevokeCredentialSummary
  extends CredentialRequestSummary
  implements Summary<'credential.revoke'>
{
  @ShownAction('credential.revoke')
  action!: 'credential.revoke';
}

export class AmendAdminSummary implements Summary<'admin.amend'> {
  @ShownAction('admin.amend')
  action!: 'admin.amend';

  @ShownPart('The admin.', NamedObjectResponse)
  admin!: NamedObjectResponse;

  @Before(AdminStateResponse)
  before!: AdminStateResponse;

  @After(AdminStateResponse)
  after!: AdminStateResponse;
}

export class BeginSessionSummary implements Summary<'session.begin'> {
  @ShownAction('session.begin')
  action!: 'session.begin';

  @ResponseProperty('The workspace that the session is held to.', 'wsp_1_3')
  workspace!: string;

  @ShownPart('Its holder.', NamedObjectResponse)
  holder!: NamedObjectResponse;

  @ShownPart('Its platform.', NamedObjectResponse)
  platform!: NamedObjectResponse;
}

/** The schema of each kind of request. */
export const SUMMARY_OF = {
  'platform.verify': VerifyPlatformSummary,
  'platform.amend': AmendPlatformSummary,
  'customer.override_jurisdiction': OverrideJurisdictionSummary,
  'customer.amend': AmendCustomerSummary,
  'account.reopen': ReopenAccountSummary,
  'account.unfreeze': UnfreezeAccountSummary,
  'account.adjust': AdjustAccountSummary,
  'transfer.post': PostTransferSummary,
  'transfer.reverse': ReverseTransferSummary,
  'posting_limit.change': ChangePostingLimitSummary,
  'credential.issue': IssueCredentialSummary,
  'credential.rotate': RotateCredentialSummary,
  'credential.revoke': RevokeCredentialSummary,
  'admin.amend': AmendAdminSummary,
  'session.begin': BeginSessionSummary,
} as const satisfies Record<ApprovedAction, Type<unknown>>;
