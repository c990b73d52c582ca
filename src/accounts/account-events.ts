import type { AccountStatus, Channel } from '../entities/account.entity.js';
import type { EventAccount } from '../events/event-payloads.js';
import { toTenantId } from '../shared/object-id.js';

interface Described {
  platformId: string;
  id: string;
  number: string;
  publicId: string;
  accountIdentifier: string | null;
  channel: Channel;
  customerId: string | null;
  currencyCode: string;
  status: AccountStatus;
}

export function toEventAccount(account: Described): EventAccount {
  const { platformId, id, number, publicId, accountIdentifier, channel, customerId, currencyCode, status } =
    account;
  return {
    id: toTenantId('acc', platformId, id),
    number,
    publicId,
    accountIdentifier,
    channel,
    customer: customerId === null ? null : toTenantId('cus', platformId, customerId),
    currency: currencyCode,
    status,
  };
}
