import type { CustomerStatus, KycStatus } from '../entities/customer.entity.js';
import type { PlatformStatus } from '../entities/platform.entity.js';
import type { ErrorCode } from '../shared/app-error.js';

/** What decides whether a customer may open accounts, and where. */
export interface CustomerStanding {
  customerId: string;
  displayName: string;
  platformStatus: PlatformStatus;
  customerStatus: CustomerStatus;
  kycStatus: KycStatus;
  /** Effective: the customer's override, else the country of residence, else the platform's home. */
  jurisdictionCode: string;
}

/** SQL of the effective jurisdiction of customer `c` of platform `p`. The one place that states it. */
export const EFFECTIVE_JURISDICTION_SQL =
  'COALESCE(c.jurisdiction_override, c.country_of_residence, p.home_jurisdiction_code)';

export const STANDING_COLUMNS_SQL = `c.id AS "customerId", c.display_name AS "displayName",
  p.status AS "platformStatus", c.status AS "customerStatus", c.kyc_status AS "kycStatus",
  ${EFFECTIVE_JURISDICTION_SQL} AS "jurisdictionCode"`;

/** Why a customer of this standing may not act, or `null`. */
export function standingRefusal(standing: CustomerStanding): ErrorCode | null {
  if (standing.platformStatus !== 'verified') return 'platform_not_verified';
  if (standing.customerStatus !== 'active') return 'customer_suspended';
  if (standing.kycStatus !== 'approved') return 'kyc_not_approved';
  return null;
}
