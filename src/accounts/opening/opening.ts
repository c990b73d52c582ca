import type { AuditContext } from '../../audit/audit-context.js';
import type { Claim } from '../../idempotency/idempotency.service.js';
import type { AccountView } from '../reading/account-view.js';
import type { OpeningFacts } from './opening-rules.js';

interface OpeningBase {
  platformId: string;
  customerId: string;
  /** Actor and request, for the audit trail. */
  audit: AuditContext;
  /** The currencies that the caller's credential is restricted to; `null`: no restriction. */
  allowedCurrencies: readonly string[] | null;
  /** Present when the request carried an idempotency key. */
  claim: Claim<AccountView> | null;
}

/** One account per owner and currency. */
export interface OwnerOpening extends OpeningBase {
  channel: 'owner';
  currencyCode: string;
}

/**
 * Uniqueness within the workspace depends on the product's duplicate rule: by currency, by product and alias, or none.
 */
export interface WorkspaceOpening extends OpeningBase {
  channel: 'workspace';
  workspaceId: string;
  productId: number;
  /** Empty: no alias. */
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

/** A request to open an account. Its fields are validated; no rule has been evaluated yet. */
export type Opening = OwnerOpening | WorkspaceOpening | PlatformOpening;

/** An opening with the facts that the rules need, which a pipe has read for the pipes after it. */
export type WithFacts<T extends Opening = Opening> = T & { facts: OpeningFacts };

/** The request's own fields, for the audit trail, without the caller and the idempotency key. */
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
