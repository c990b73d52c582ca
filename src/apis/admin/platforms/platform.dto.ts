import type { PlatformView } from '../../../platforms/platforms.service.js';
import { toSystemId } from '../../../shared/object-id.js';
import { Choice, Flag, Text } from '../../../http/request-properties.js';
import {
  Reason,
  ResponseProperty,
  ResponseKind,
  NullableResponseProperty,
  ResponseTime,
  toTime,
} from '../properties.js';

const KYC_AGREEMENTS = ['delegated', 'required'] as const;
const JURISDICTION = {
  description: 'ISO 3166-1 alpha-2 code of a jurisdiction of this bank.',
  example: 'DE',
  min: 2,
  max: 2,
};

/** A tenant. */
export class PlatformResponse {
  @ResponseKind('platform')
  object!: 'platform';

  @ResponseProperty('Its id.', 'plt_1')
  id!: string;

  @ResponseProperty('For people; unique.', 'Acme Payments')
  name!: string;

  @ResponseProperty('Only a verified one can open accounts.', 'verified', {
    enum: ['pending', 'verified', 'suspended'],
  })
  status!: string;

  @ResponseProperty(
    '`delegated`: the platform’s own KYC counts. `required`: each customer goes through ours.',
    'required',
    {
      enum: [...KYC_AGREEMENTS],
    },
  )
  kycAgreement!: string;

  @ResponseProperty('Whether money may no longer leave the accounts of a customer whose KYC expired.', false)
  kycExpiryRestrictsDebits!: boolean;

  @NullableResponseProperty('Where its customers are when nothing else says.', 'US')
  homeJurisdiction!: string | null;

  @ResponseTime('When it was created.')
  createdAt!: string;

  @ResponseTime('When it last changed.')
  updatedAt!: string;
}

export class CreatePlatformRequest {
  @Text('required', { description: 'For people; unique.', example: 'Acme Payments', min: 3, max: 100 })
  name!: string;

  @Choice('optional', {
    description: 'Whose KYC counts; `required` when missing.',
    values: KYC_AGREEMENTS,
    example: 'required',
  })
  kycAgreement?: 'delegated' | 'required';

  @Flag('optional', {
    description: 'Whether an expired KYC also stops debits; false when missing.',
    example: false,
  })
  kycExpiryRestrictsDebits?: boolean;

  @Text('required', JURISDICTION)
  homeJurisdiction!: string;

  @Reason()
  reason!: string;
}

export class AmendPlatformRequest {
  @Text('optional', { description: 'For people; unique.', example: 'Acme Payments', min: 3, max: 100 })
  name?: string;

  @Choice('optional', {
    description: 'Whose KYC counts for customers created from now on.',
    values: KYC_AGREEMENTS,
    example: 'required',
  })
  kycAgreement?: 'delegated' | 'required';

  @Flag('optional', { description: 'Whether an expired KYC also stops debits.', example: true })
  kycExpiryRestrictsDebits?: boolean;

  @Text('optional', JURISDICTION)
  homeJurisdiction?: string;

  @Reason()
  reason!: string;
}

export function presentPlatform(platform: PlatformView): PlatformResponse {
  const { id, name, status, kycAgreement, kycExpiryRestrictsDebits, homeJurisdictionCode } = platform;
  return {
    object: 'platform',
    id: toSystemId('plt', id),
    name,
    status,
    kycAgreement,
    kycExpiryRestrictsDebits,
    homeJurisdiction: homeJurisdictionCode,
    createdAt: toTime(platform.createdAt),
    updatedAt: toTime(platform.updatedAt),
  };
}
