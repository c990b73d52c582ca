import type { AccountStatus } from '../entities/account.entity.js';
import type { CustomerStatus } from '../entities/customer.entity.js';
import type { ErrorCode } from '../shared/app-error.js';

/** One side of a posting, read under its lock. */
export interface PartyFacts {
  accountStatus: AccountStatus;
  /** `null`: a settlement account, which has no holder. */
  customerStatus: CustomerStatus | null;
  debitsRestricted: boolean;
}

/** What a posting does with a side: takes from it, gives to it, or mends it with a second person's approval. */
export type Side = 'debit' | 'credit' | 'adjust';

interface PostingRule {
  side: readonly Side[];
  refusal: ErrorCode;
  holds: (facts: PartyFacts) => boolean;
}

/**
 * What must hold of an account for money to move, in the order of refusal. Nothing leaves a frozen account, but what
 * is on its way to it arrives; a disabled or closed one is out of use. An adjustment mends what went wrong, so only
 * the end of the account stops it.
 */
const POSTING_RULES: readonly PostingRule[] = [
  {
    side: ['adjust'],
    refusal: 'account_not_active',
    holds: ({ accountStatus }) => accountStatus !== 'closed',
  },
  {
    side: ['debit', 'credit'],
    refusal: 'account_not_active',
    holds: ({ accountStatus }) => accountStatus === 'active' || accountStatus === 'frozen',
  },
  { side: ['debit'], refusal: 'account_frozen', holds: ({ accountStatus }) => accountStatus !== 'frozen' },
  {
    side: ['debit'],
    refusal: 'customer_suspended',
    holds: ({ customerStatus }) => customerStatus !== 'suspended',
  },
  { side: ['debit'], refusal: 'debits_restricted', holds: ({ debitsRestricted }) => !debitsRestricted },
];

/** Why this side may not take part, or `null`. */
export function postingRefusal(side: Side, facts: PartyFacts): ErrorCode | null {
  return POSTING_RULES.find((rule) => rule.side.includes(side) && !rule.holds(facts))?.refusal ?? null;
}
