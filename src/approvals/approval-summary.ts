import { toMajorText, toMinorUnits } from '../shared/money.js';
import type { ApprovedAction } from './dangerous-effects.js';

/** An object by its prefixed id, with its display name. */
export interface NamedObject {
  id: string;
  name: string;
}

/** An account as it is shown to the approver. */
export interface AccountSummary {
  id: string;
  number: string;
  currency: string;
  /** `null`: a settlement account, which is the platform's. */
  holder: NamedObject | null;
}

/** One leg of a posting. */
export interface LegSummary {
  from: AccountSummary;
  to: AccountSummary;
  /** Major units of `currency`. */
  amount: number;
  currency: string;
  reference: string | null;
  description: string | null;
  effectiveDate: string | null;
}

/** A credential's permissions and its owner. */
export interface CredentialSummary {
  /** `null`: not issued yet. */
  id: string | null;
  key: string | null;
  kind: string;
  name: string;
  /** The customer, the platform or the admin. */
  owner: NamedObject;
  scopes: readonly string[];
  allowedCurrencies: readonly string[] | null;
  allowedNetworks: readonly string[] | null;
  /** RFC 3339. */
  expiresAt: string | null;
}

export interface PlatformState {
  name: string;
  status: string;
  kycAgreement: string;
  kycExpiryRestrictsDebits: boolean;
  homeJurisdiction: string | null;
}

export interface CustomerState {
  displayName: string;
  email: string | null;
  countryOfResidence: string | null;
  jurisdictionOverride: string | null;
  /** The jurisdiction that results from the override, the residence and the platform. */
  effectiveJurisdiction: string | null;
}

/** Before and after of one object. */
interface Change<State> {
  before: State;
  after: State;
}

interface AccountState {
  status: string;
  statusReason: string | null;
  /** RFC 3339. */
  statusChangedAt: string | null;
}

/** The content of each kind of request, as it is shown to the approver. */
export interface ApprovalSummaries {
  'platform.verify': { platform: NamedObject } & Change<PlatformState>;
  'platform.amend': { platform: NamedObject } & Change<PlatformState>;
  'customer.override_jurisdiction': { customer: NamedObject; platform: NamedObject } & Change<CustomerState>;
  'customer.amend': { customer: NamedObject; platform: NamedObject } & Change<CustomerState>;
  'account.reopen': { account: AccountSummary } & Change<AccountState>;
  'account.unfreeze': { account: AccountSummary } & Change<AccountState>;
  'account.adjust': {
    account: AccountSummary;
    direction: 'credit' | 'debit';
    /** Major units of `currency`. */
    amount: number;
    currency: string;
    description: string | null;
    effectiveDate: string | null;
  } & Change<{ posted: number }>;
  'transfer.post': { legs: readonly LegSummary[] };
  'transfer.reverse': { transfer: string; legs: readonly LegSummary[] };
  'posting_limit.change': { role: string; currency: string } & Change<{ limit: number }>;
  'credential.issue': { credential: CredentialSummary };
  'credential.rotate': { credential: CredentialSummary; overlapSeconds: number };
  'credential.revoke': { credential: CredentialSummary };
  'admin.amend': { admin: NamedObject } & Change<{ role: string; status: string }>;
  'session.begin': { workspace: string; holder: NamedObject; platform: NamedObject };
}

export type ApprovalSummary = {
  [Action in ApprovedAction]: { action: Action } & ApprovalSummaries[Action];
}[ApprovedAction];

/** The posted balance of an account, in minor units. */
export interface AccountBalance {
  account: string;
  decimals: number;
  postedMinor: string;
}

/** The summary recomputed with the current balances, which may have changed since the request. */
export function atBalances(summary: ApprovalSummary, balances: readonly AccountBalance[]): ApprovalSummary {
  if (summary.action !== 'account.adjust') return summary;
  const balance = balances.find(({ account }) => account === summary.account.id);
  if (balance === undefined) return summary;
  const { postedMinor, decimals } = balance;
  const amountMinor = toMinorUnits(summary.amount, decimals) ?? 0n;
  const change = summary.direction === 'credit' ? amountMinor : -amountMinor;
  const posted = (minor: bigint): { posted: number } => ({ posted: Number(toMajorText(minor, decimals)) });
  return { ...summary, before: posted(BigInt(postedMinor)), after: posted(BigInt(postedMinor) + change) };
}
