import { toTenantId } from '../shared/object-id.js';

/** What events tell of the account they are about. */
export interface EventAccount {
  id: string;
  /** Without the `A` of the platform API. */
  number: string;
  publicId: string;
  accountIdentifier: string | null;
  channel: string;
  customer: string | null;
  currency: string;
  status: string;
}

interface Described {
  platformId: string;
  id: string;
  number: string;
  publicId: string;
  accountIdentifier: string | null;
  channel: string;
  customerId: string | null;
  currencyCode: string;
  status: string;
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
