import type { AccountStatus } from '../entities/account.entity.js';
import type { CustomerStatus } from '../entities/customer.entity.js';
import type { ErrorCode } from '../shared/app-error.js';

/** The facts of one side of a posting, read while it is locked. */
export interface PartyFacts {
  accountStatus: AccountStatus;
  /** `null`: a settlement account, which has no holder. */
  customerStatus: CustomerStatus | null;
  debitsRestricted: boolean;
}

/** The effect of a posting on an account: debit, credit, or an approved adjustment in either direction. */
export type Side = 'debit' | 'credit' | 'adjust';

interface PostingRule {
  side: readonly Side[];
  refusal: ErrorCode;
  holds: (facts: PartyFacts) => boolean;
}

/**
 * The posting rules, in the order of refusal. A frozen account accepts credits and refuses debits; a disabled or closed
 * account refuses both. An adjustment corrects an error, so only a closed account refuses it.
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

/** The refusal of this side; `null`: every rule passed. */
export function postingRefusal(side: Side, facts: PartyFacts): ErrorCode | null {
  return POSTING_RULES.find((rule) => rule.side.includes(side) && !rule.holds(facts))?.refusal ?? null;
}
