import { ADMIN_ROLES, ADMIN_STATUSES } from '../../../auth/admin-list.js';
import { Shown, ShownOrNull, ShownTimeOrNull } from '../properties.js';

export class NamedObjectResponse {
  @Shown('Its id.', 'cus_1_2')
  id!: string;

  @Shown('The name that people know it by.', 'Acme Group')
  name!: string;
}

/** An account, as an approver recognises it. */
export class AccountSummaryResponse {
  @Shown('Its id.', 'acc_1_1')
  id!: string;

  @Shown('Its number.', '000000000018')
  number!: string;

  @Shown('Its currency.', 'USD')
  currency!: string;

  @Shown(
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
  @ShownOrNull('Its id; null: it is not issued yet.', 'crd_1_1')
  id!: string | null;

  @ShownOrNull('Its key; null: it is not issued yet.', 'vk_1_QJ4NlBMYwhHUThWXe6HkaA')
  key!: string | null;

  @Shown('Whose API it opens.', 'owner', { enum: ['owner', 'platform', 'admin'] })
  kind!: string;

  @Shown('For people.', 'back office')
  name!: string;

  @Shown(
    'The customer, the platform or the admin it belongs to.',
    { id: 'cus_1_2', name: 'Acme Group' },
    {
      type: NamedObjectResponse,
    },
  )
  owner!: NamedObjectResponse;

  @Shown('What it may do.', ['accounts:read'], { type: [String] })
  scopes!: readonly string[];

  @Shown('The currencies it may open accounts in; null: any.', ['EUR'], { type: [String], nullable: true })
  allowedCurrencies!: readonly string[] | null;

  @Shown('The networks it may be used from (CIDR); null: any.', ['192.0.2.0/24'], {
    type: [String],
    nullable: true,
  })
  allowedNetworks!: readonly string[] | null;

  @ShownTimeOrNull('When it expires.')
  expiresAt!: string | null;
}

export class PlatformStateResponse {
  @Shown('Its name.', 'Acme Payments')
  name!: string;

  @Shown('Its state.', 'pending', { enum: ['pending', 'verified', 'suspended'] })
  status!: string;

  @Shown('Whose KYC counts for its customers.', 'required', { enum: ['delegated', 'required'] })
  kycAgreement!: string;

  @Shown('Whether an expired KYC also stops debits.', false)
  kycExpiryRestrictsDebits!: boolean;

  @ShownOrNull('Jurisdiction of customers that have none of their own.', 'US')
  homeJurisdiction!: string | null;
}

export class CustomerStateResponse {
  @Shown('The name.', 'Acme Group')
  displayName!: string;

  @ShownOrNull('The e-mail address.', 'acme@example.com')
  email!: string | null;

  @ShownOrNull('The country of residence.', 'ZA')
  countryOfResidence!: string | null;

  @ShownOrNull('The jurisdiction that overrides the residence.', null)
  jurisdictionOverride!: string | null;

  @ShownOrNull('What the override, the residence and the platform amount to.', 'ZA')
  effectiveJurisdiction!: string | null;
}

export class AccountStateResponse {
  @Shown('Its state.', 'frozen', { enum: ['active', 'frozen', 'disabled', 'closed'] })
  status!: string;

  @ShownOrNull('Why it is in this state.', 'court order 12/26')
  statusReason!: string | null;

  @ShownTimeOrNull('Since when; null: never changed, or not yet.')
  statusChangedAt!: string | null;
}

export class PostedStateResponse {
  @Shown('Booked balance, in major units.', 120.5)
  posted!: number;
}

/** One amount from one account to another. */
export class LegSummaryResponse {
  @Shown('The account that it leaves.', undefined, { type: AccountSummaryResponse })
  from!: AccountSummaryResponse;

  @Shown('The account that it reaches.', undefined, { type: AccountSummaryResponse })
  to!: AccountSummaryResponse;

  @Shown('In major units of the currency.', 12_500)
  amount!: number;

  @Shown('The currency.', 'USD')
  currency!: string;

  @ShownOrNull('The reference of the requester.', 'invoice-4711')
  reference!: string | null;

  @ShownOrNull('What it is, for people.', 'January invoice')
  description!: string | null;

  @ShownOrNull('The day it counts for; null: the day of posting.', null, { format: 'date' })
  effectiveDate!: string | null;
}

export class AdminStateResponse {
  @Shown('The role.', 'operator', { enum: ADMIN_ROLES })
  role!: string;

  @Shown('Whether its keys can be used.', 'active', { enum: ADMIN_STATUSES })
  status!: string;
}

export class LimitStateResponse {
  @Shown('In major units of the currency.', 10_000)
  limit!: number;
}

/** What an account holds now. */
export class BalanceNowResponse {
  @Shown('The account.', 'acc_1_1')
  account!: string;

  @Shown('Its currency.', 'USD')
  currency!: string;

  @Shown('Booked, in major units.', 120.5)
  posted!: number;

  @Shown('Reserved by holds, in major units.', 20)
  locked!: number;

  @Shown('Booked less reserved, in major units.', 100.5)
  available!: number;
}

/** An entry of the audit trail that is newer than the request. */
export class ObjectChangeResponse {
  @Shown('The object.', 'acc_1_1')
  object!: string;

  @Shown('What happened to it.', 'account.frozen')
  action!: string;

  @Shown('Who did it.', 'adm_0_2')
  actor!: string;

  @Shown('When.', '2026-01-15T09:30:00.000Z', { format: 'date-time' })
  occurredAt!: string;
}
