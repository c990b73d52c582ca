import type { CustomerStatus, KycStatus } from '../entities/customer.entity.js';
import type { PlatformStatus } from '../entities/platform.entity.js';
import type { ErrorCode } from '../shared/app-error.js';
import { firstRefusal, type Rule } from '../shared/rule.js';

/** The facts that decide whether a customer may open accounts, and in which jurisdiction. */
export interface CustomerEligibility {
  customerId: string;
  displayName: string;
  platformStatus: PlatformStatus;
  customerStatus: CustomerStatus;
  /** Computed for the current time: an expired decision is `expired` even before the expiry job has processed it. */
  kycStatus: KycStatus;
  kycEvidence: string | null;
  /** Effective jurisdiction: the customer's override, else the country of residence, else the platform's home. */
  jurisdictionCode: string;
}

/** SQL of the effective jurisdiction of customer `c` of platform `p`. The only definition of it. */
export const EFFECTIVE_JURISDICTION_SQL =
  'COALESCE(c.jurisdiction_override, c.country_of_residence, p.home_jurisdiction_code)';

/**
 * SQL of the KYC status of customer `c` at a time.
 * @param now placeholder of the time parameter, which comes from the Clock, not from the database
 */
export function kycStatusSql(now: string): string {
  return `CASE WHEN c.kyc_status IN ('approved', 'rejected')
  AND c.kyc_expires_at <= ${now}::timestamptz THEN 'expired' ELSE c.kyc_status END`;
}

/** @param now placeholder of the time parameter */
export function eligibilityColumnsSql(now: string): string {
  return `c.id AS "customerId", c.display_name AS "displayName",
  p.status AS "platformStatus", c.status AS "customerStatus", ${kycStatusSql(now)} AS "kycStatus",
  c.kyc_evidence AS "kycEvidence", ${EFFECTIVE_JURISDICTION_SQL} AS "jurisdictionCode"`;
}

/** The rules on the customer, in the order of refusal. */
export const ELIGIBILITY_RULES: readonly Rule<CustomerEligibility>[] = [
  {
    id: 'platform.verified',
    version: 1,
    refusal: 'platform_not_verified',
    holds: ({ platformStatus }) => platformStatus === 'verified',
    reason: ({ platformStatus }) => `The platform is ${platformStatus}.`,
    remedy: 'Have the platform verified.',
  },
  {
    id: 'customer.active',
    version: 1,
    refusal: 'customer_suspended',
    holds: ({ customerStatus }) => customerStatus === 'active',
    reason: ({ customerStatus }) => `The customer is ${customerStatus}.`,
    remedy: 'Have the suspension of the customer lifted.',
  },
  {
    id: 'kyc.approved',
    version: 1,
    refusal: 'kyc_not_approved',
    holds: ({ kycStatus }) => kycStatus === 'approved',
    reason: ({ kycStatus }) => `The customer’s identity check (KYC) is ${kycStatus.replace('_', ' ')}.`,
    remedy: 'Complete the customer’s identity check (KYC).',
  },
];

/** The refusal of this customer; `null`: every rule passed. */
export function eligibilityRefusal(eligibility: CustomerEligibility): ErrorCode | null {
  return firstRefusal(ELIGIBILITY_RULES, eligibility);
}
