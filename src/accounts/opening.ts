import type { CustomerStanding } from '../customers/customer-standing.js';
import type { Claim } from '../idempotency/idempotency.service.js';
import type { AccountView } from './account-view.js';

interface OpeningBase {
  platformId: string;
  customerId: string;
  /** Present when the request carried an idempotency key. */
  claim: Claim<AccountView> | null;
}

/** One account per owner and currency. */
export interface OwnerOpening extends OpeningBase {
  channel: 'owner';
  currencyCode: string;
}

/** One account per workspace, product and alias. */
export interface WorkspaceOpening extends OpeningBase {
  channel: 'workspace';
  workspaceId: string;
  productId: number;
  /** Empty: none. */
  alias: string;
}

/** One account per identifier on the platform. */
export interface PlatformOpening extends OpeningBase {
  channel: 'platform';
  currencyCode: string;
  /** In lower case. */
  accountIdentifier: string;
  displayName: string;
  contactEmail: string;
  fundingNotificationEmails: string[];
}

/** The wish to open an account, its fields checked for form, nothing decided. */
export type Opening = OwnerOpening | WorkspaceOpening | PlatformOpening;

/** An opening whose customer's standing was looked up on the way, for the pipes that follow. */
export type WithStanding<T extends Opening = Opening> = T & { standing: CustomerStanding };
