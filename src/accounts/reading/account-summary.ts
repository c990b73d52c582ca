import type { AccountSummary } from '../../approvals/approval-summary.js';
import { toTenantId } from '../../shared/object-id.js';
import type { AccountRecord } from './account-queries.service.js';

/** An account as it is shown in an approval request. */
export function toAccountSummary(account: AccountRecord): AccountSummary {
  const { platformId, id, number, currencyCode, customerId, holderName } = account;
  const holder =
    customerId === null ? null : { id: toTenantId('cus', platformId, customerId), name: holderName };
  return { id: toTenantId('acc', platformId, id), number, currency: currencyCode, holder };
}

/**
 * Prefixed ids of the holder and its KYC case. A change of either makes an approval request about the account stale.
 */
export function holderIdsOf({ platformId, customerId }: AccountRecord): string[] {
  if (customerId === null) return [];
  return [toTenantId('cus', platformId, customerId), toTenantId('kyc', platformId, customerId)];
}
