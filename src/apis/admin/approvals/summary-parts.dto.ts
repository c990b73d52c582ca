import { ACCOUNT_STATUSES } from '../../../accounts/reading/account-view.js';
import { ADMIN_ROLES, ADMIN_STATUSES } from '../../../auth/admin-list.js';
import { ResponseProperty, NullableResponseProperty, NullableResponseTime } from '../properties.js';

export class NamedObjectResponse {
  @ResponseProperty('Its id.', 'cus_1_2')
  id!: string;

  @ResponseProperty('The name that people know it by.', 'Acme Group')
  name!: string;
}

/** An account, as an approver recognises it. */
export class AccountSummaryResponse {
  @ResponseProperty('Its id.', 'acc_1_1')
  id!: string;

  @ResponseProperty('Its number.', '000000000018')
  number!: string;

  @ResponseProperty('Its currency.', 'USD')
  currency!: string;

  @ResponseProperty(
    'Its holder; null: a settlement account.',
    { id: 'cus_1_2', name: 'Acme Group' },
    {
      type: NamedObjectResponse,
      nullable: true,
    },
  )
  holder!: NamedObjectResponse | null;
}

/** A credential, never with its secret. */
export class CredentialSummaryResponse {
  @NullableResponseProperty('Its id; null: it is not issued yet.', 'crd_1_1')
  id!: string | null;

  @NullableResponseProperty('Its key; null: it is not issued yet.', 'vk_1_QJ4NlBMYwhHUThWXe6HkaA')
  key!: string | null;

  @ResponseProperty('Whose API it opens.', 'owner', { enum: ['owner', 'platform', 'admin'] })
  kind!: string;

  @ResponseProperty('For people.', 'back office')
  name!: string;

  @ResponseProperty(
    'The customer, the platform or the admin it belongs to.',
    { id: 'cus_1_2', name: 'Acme Group' },
    {
      type: NamedObjectResponse,
    },
  )
  owner!: NamedObjectResponse;

  @ResponseProperty('What it may do.', ['accounts:read'], { type: [String] })
  scopes!: readonly string[];

  @ResponseProperty('The currencies it may open accounts in; null: any.', ['EUR'], {
    type: [String],
    nullable: true,
  })
  allowedCurrencies!: readonly string[] | null;

  @ResponseProperty('The networks it may be used from (CIDR); null: any.', ['192.0.2.0/24'], {
    type: [String],
    nullable: true,
  })
  allowedNetworks!: readonly string[] | null;

  @NullableResponseTime('When it expires.')
  expiresAt!: string | null;
}

export class PlatformStateResponse {
  @ResponseProperty('Its name.', 'Acme Payments')
  name!: string;

  @ResponseProperty('Its state.', 'pending', { enum: ['pending', 'verified', 'suspended'] })
  status!: string;

  @ResponseProperty('Whose KYC counts for its customers.', 'required', { enum: ['delegated', 'required'] })
  kycAgreement!: string;

  @ResponseProperty('Whether an expired KYC also stops debits.', false)
  kycExpiryRestrictsDebits!: boolean;

  @NullableResponseProperty('Jurisdiction of customers that have none of their own.', 'US')
  homeJurisdiction!: string | null;
}

export class CustomerStateResponse {
  @ResponseProperty('The name.', 'Acme Group')
  displayName!: string;

  @NullableResponseProperty('The e-mail address.', 'acme@example.com')
  email!: string | null;

  @NullableResponseProperty('The country of residence.', 'ZA')
  countryOfResidence!: string | null;

  @NullableResponseProperty('The jurisdiction that overrides the residence.', null)
  jurisdictionOverride!: string | null;

  @NullableResponseProperty('What the override, the residence and the platform amount to.', 'ZA')
  effectiveJurisdiction!: string | null;
}

export class AccountStateResponse {
  @ResponseProperty('Its state.', 'frozen', { enum: ACCOUNT_STATUSES })
  status!: string;

  @NullableResponseProperty('Why it is in this state.', 'court order 12/26')
  statusReason!: string | null;

  @NullableResponseTime('Since when; null: never changed, or not yet.')
  statusChangedAt!: string | null;
}

export class PostedStateResponse {
  @ResponseProperty('Booked balance, in major units.', 120.5)
  posted!: number;
}

/** One amount from one account to another. */
export class LegSummaryResponse {
  @ResponseProperty('The account that it leaves.', undefined, { type: AccountSummaryResponse })
  from!: AccountSummaryResponse;

  @ResponseProperty('The account that it reaches.', undefined, { type: AccountSummaryResponse })
  to!: AccountSummaryResponse;

  @ResponseProperty('In major units of the currency.', 12_500)
  amount!: number;

  @ResponseProperty('The currency.', 'USD')
  currency!: string;

  @NullableResponseProperty('The reference of the requester.', 'invoice-4711')
  reference!: string | null;

  @NullableResponseProperty('What it is, for people.', 'January invoice')
  description!: string | null;

  @NullableResponseProperty('The day it counts for; null: the day of posting.', null, { format: 'date' })
  effectiveDate!: string | null;
}

export class AdminStateResponse {
  @ResponseProperty('The role.', 'operator', { enum: ADMIN_ROLES })
  role!: string;

  @ResponseProperty('Whether its keys can be used.', 'active', { enum: ADMIN_STATUSES })
  status!: string;
}

export class LimitStateResponse {
  @ResponseProperty('In major units of the currency.', 10_000)
  limit!: number;
}

/** What an account holds now. */
export class BalanceNowResponse {
  @ResponseProperty('The account.', 'acc_1_1')
  account!: string;

  @ResponseProperty('Its currency.', 'USD')
  currency!: string;

  @ResponseProperty('Booked, in major units.', 120.5)
  posted!: number;

  @ResponseProperty('Reserved by holds, in major units.', 20)
  locked!: number;

  @ResponseProperty('Booked less reserved, in major units.', 100.5)
  available!: number;
}

/** An entry of the audit trail that is newer than the request. */
export class ObjectChangeResponse {
  @ResponseProperty('The object.', 'acc_1_1')
  object!: string;

  @ResponseProperty('What happened to it.', 'account.frozen')
  action!: string;

  @ResponseProperty('The actor.', 'adm_0_2')
  actor!: string;

  @ResponseProperty('When.', '2026-01-15T09:30:00.000Z', { format: 'date-time' })
  occurredAt!: string;
}
