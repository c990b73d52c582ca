import type { AuditContext } from '../../audit/audit-context.js';
import type { Claim } from '../../idempotency/idempotency.service.js';
import type { AccountView } from '../reading/account-view.js';
import type { OpeningFacts } from './opening-rules.js';

interface OpeningBase {
  platformId: string;
  customerId: string;
  /** The audit context of the request. */
  audit: AuditContext;
  /** The currencies that the caller's credential is held to; `null`: any. */
  allowedCurrencies: readonly string[] | null;
  /** Present when the request carried an idempotency key. */
  claim: Claim<AccountView> | null;
}

/** One account per owner and currency. */
export interface OwnerOpening extends OpeningBase {
  channel: 'owner';
  currencyCode: string;
}

/** One account per workspace and what the product's duplicate rule makes of product, currency and alias. */
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

/** An opening of which everything the rules ask was looked up on the way, for the pipes that follow. */
export type WithFacts<T extends Opening = Opening> = T & { facts: OpeningFacts };

/** The requested account, as the audit trail shows it; neither the caller nor the idempotency key. */
export function describeRequest(opening: Opening): object {
  const { channel } = opening;
  switch (channel) {
    case 'owner':
      return { channel, currency: opening.currencyCode };
    case 'workspace': {
      const { workspaceId, productId, alias } = opening;
      return { channel, workspaceId, productId, alias };
    }
    case 'platform':
      return { channel, accountIdentifier: opening.accountIdentifier, currency: opening.currencyCode };
  }
}
