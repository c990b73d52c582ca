import {
  CUSTOMER_STATUSES,
  type CustomerRecord,
  KYC_STATUSES,
} from '../../../customers/customer-queries.service.js';
import { toSystemId, toTenantId } from '../../../shared/object-id.js';
import { EmailAddress, Identifier, Text } from '../../../http/request-properties.js';
import {
  Reason,
  ResponseProperty,
  ResponseKind,
  NullableResponseProperty,
  ResponseTime,
  toTime,
} from '../properties.js';

const COUNTRY = {
  description: 'ISO 3166-1 alpha-2 code of a jurisdiction of this bank; null for none.',
  example: 'DE',
  min: 2,
  max: 2,
};
const EMAIL = {
  description: 'Where the customer is reached.',
  example: 'finance@acme.example',
};

/** A legal owner of accounts. */
export class AdminCustomerResponse {
  @ResponseKind('customer')
  object!: 'customer';

  @ResponseProperty('Its id.', 'cus_1_2')
  id!: string;

  @ResponseProperty('Its platform.', 'plt_1')
  platform!: string;

  @ResponseProperty('The platform’s own name for it.', 'acme-group')
  identifier!: string;

  @ResponseProperty('For people.', 'Acme Group')
  displayName!: string;

  @NullableResponseProperty('Where it is reached.', 'finance@acme.example')
  email!: string | null;

  @ResponseProperty('Whether it may act.', 'active', { enum: CUSTOMER_STATUSES })
  status!: string;

  @ResponseProperty('Its KYC case.', 'kyc_1_2')
  kycCase!: string;

  @ResponseProperty('State of the case.', 'pending', {
    enum: KYC_STATUSES,
  })
  kycStatus!: string;

  @NullableResponseProperty('Where it lives.', 'DE')
  countryOfResidence!: string | null;

  @NullableResponseProperty('The jurisdiction that two people gave it instead.', null)
  jurisdictionOverride!: string | null;

  @ResponseProperty('The effective one: override, else residence, else the platform’s home.', 'DE')
  jurisdiction!: string;

  @ResponseProperty('Whether money may not leave its accounts, after its KYC expired.', false)
  debitsRestricted!: boolean;

  @ResponseTime('When it was created.')
  createdAt!: string;

  @ResponseTime('When it last changed.')
  updatedAt!: string;
}

export class AdminCreateCustomerRequest {
  @Text('required', { description: 'Its platform.', example: 'plt_1', max: 40 })
  platform!: string;

  @Identifier({ description: 'The platform’s own name for it; unique there.', example: 'acme-group' })
  identifier!: string;

  @Text('required', {
    description: 'For people; unique on the platform.',
    example: 'Acme Group',
    min: 5,
    max: 100,
  })
  displayName!: string;

  @EmailAddress('optional', EMAIL)
  email?: string;

  @Text('optional', { ...COUNTRY, description: 'Where it lives.' })
  countryOfResidence?: string;

  @Reason()
  reason!: string;
}

export class AmendCustomerRequest {
  @Text('optional', {
    description: 'For people; unique on the platform.',
    example: 'Acme Group',
    min: 5,
    max: 100,
  })
  displayName?: string;

  @EmailAddress('nullable', EMAIL)
  email?: string | null;

  @Text('nullable', COUNTRY)
  countryOfResidence?: string | null;

  @Reason()
  reason!: string;
}

export class OverrideJurisdictionRequest {
  @Text('nullable', COUNTRY)
  jurisdiction?: string | null;

  @Reason()
  reason!: string;
}

export function presentCustomer(customer: CustomerRecord): AdminCustomerResponse {
  const { platformId, id, identifier, displayName, email, status, kycStatus, debitsRestricted } = customer;
  const { countryOfResidence, jurisdictionOverride, jurisdictionCode } = customer;
  return {
    object: 'customer',
    id: toTenantId('cus', platformId, id),
    platform: toSystemId('plt', platformId),
    identifier,
    displayName,
    email,
    status,
    kycCase: toTenantId('kyc', platformId, id),
    kycStatus,
    countryOfResidence,
    jurisdictionOverride,
    jurisdiction: jurisdictionCode,
    debitsRestricted,
    createdAt: toTime(customer.createdAt),
    updatedAt: toTime(customer.updatedAt),
  };
}
