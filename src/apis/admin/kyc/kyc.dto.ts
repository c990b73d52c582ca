import { ApiProperty } from '@nestjs/swagger';
import type { AuditEntryView } from '../../../audit/audit-search.service.js';
import { type CustomerRecord, KYC_STATUSES } from '../../../customers/customer-queries.service.js';
import { KYC_MACHINE } from '../../../customers/kyc-machine.js';
import { toTenantId } from '../../../shared/object-id.js';
import { transitionsIn } from '../../../shared/state-machine.js';
import { AuditEntryResponse, presentEntry } from '../audit/audit.dto.js';
import { Choice, Integer, Text, Time } from '../../../http/request-properties.js';
import {
  Reason,
  REASON_LENGTHS,
  ResponseProperty,
  ResponseKind,
  NullableResponseProperty,
  NullableResponseTime,
  toTimeOrNull,
} from '../properties.js';

const EVIDENCE = {
  description: 'What the decision rests on, such as a provider’s case number.',
  example: 'case 88-1204',
  min: 1,
  max: 200,
};
const EXPIRES = { description: 'When the decision ends; it does not when missing.' };

/** Of the column. */
const ROUND_MAX = 2_147_483_647;

/** The identity check of one customer. */
export class KycCaseResponse {
  @ResponseKind('kyc_case')
  object!: 'kyc_case';

  @ResponseProperty('Its id.', 'kyc_1_4')
  id!: string;

  @ResponseProperty('Whose it is.', 'cus_1_4')
  customer!: string;

  @ResponseProperty('Name of whose it is.', 'Brook Imports Ltd')
  customerName!: string;

  @ResponseProperty('Only an approved customer can open accounts.', 'pending', { enum: KYC_STATUSES })
  status!: string;

  @ResponseProperty('Which check of the customer it is: 1, and one more with each reopening.', 1, {
    type: 'integer',
    minimum: 1,
  })
  round!: number;

  @ResponseProperty('Transitions that the current status allows.', ['approve', 'reject'], { type: [String] })
  allowedActs!: string[];

  @NullableResponseProperty('What the decision rests on.', 'case 88-1204')
  evidence!: string | null;

  @NullableResponseProperty('The provider that last moved it; null: people did.', null)
  provider!: string | null;

  @NullableResponseProperty('The last reviewer.', 'Demo admin')
  reviewer!: string | null;

  @NullableResponseProperty('Why.', 'documents checked')
  reason!: string | null;

  @NullableResponseTime('When it was decided.')
  decidedAt!: string | null;

  @NullableResponseTime('When the decision ends.')
  expiresAt!: string | null;
}

/** A case with everything that happened to it. */
export class KycCaseDetailResponse extends KycCaseResponse {
  @ApiProperty({ description: 'Oldest first.', type: [AuditEntryResponse] })
  history!: AuditEntryResponse[];
}

export class KycActRequest {
  @Text('nullable', EVIDENCE)
  evidence?: string | null;

  @Time('nullable', EXPIRES)
  expiresAt?: string | null;

  @Reason()
  reason!: string;
}

export class KycCallbackRequest {
  @Text('required', {
    description: 'The case: `kyc_…`, as the bank named it to the provider.',
    example: 'kyc_1_4',
    max: 60,
  })
  caseId!: string;

  @Choice('required', {
    description: 'What was found out.',
    values: ['submitted', 'approved', 'rejected'],
    example: 'approved',
  })
  decision!: 'submitted' | 'approved' | 'rejected';

  @Text('nullable', EVIDENCE)
  evidence?: string | null;

  @Time('nullable', EXPIRES)
  expiresAt?: string | null;

  @Integer('nullable', {
    description: 'The round of the case that was checked. Refused unless it is the current one.',
    example: 1,
    min: 1,
    max: ROUND_MAX,
  })
  round?: number | null;

  @Time('nullable', {
    description: 'When it was found out. Refused if the current round began later and `round` is missing.',
  })
  decidedAt?: string | null;

  @Text('nullable', {
    description: 'Why, in the provider’s words; it stays on the audit trail.',
    example: 'documents checked',
    ...REASON_LENGTHS,
  })
  reason?: string | null;
}

export function presentCase(customer: CustomerRecord): KycCaseResponse {
  const { platformId, id, displayName, kycStatus, kycEvidence, kycProvider, kycReviewer, kycReason } =
    customer;
  return {
    object: 'kyc_case',
    id: toTenantId('kyc', platformId, id),
    customer: toTenantId('cus', platformId, id),
    customerName: displayName,
    status: kycStatus,
    round: customer.kycRound,
    allowedActs: transitionsIn(KYC_MACHINE, kycStatus),
    evidence: kycEvidence,
    provider: kycProvider,
    reviewer: kycReviewer,
    reason: kycReason,
    decidedAt: toTimeOrNull(customer.kycDecidedAt),
    expiresAt: toTimeOrNull(customer.kycExpiresAt),
  };
}

export function presentCaseDetail(
  customer: CustomerRecord,
  history: readonly AuditEntryView[],
): KycCaseDetailResponse {
  return { ...presentCase(customer), history: history.map(presentEntry) };
}
