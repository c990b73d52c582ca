/** The invariants of the ledger, each named after its violation. */
export const LEDGER_CHECKS = [
  // Rows that refer to each other.
  'platform_missing',
  'account_without_balance',
  'balance_without_account',
  'balance_currency',
  'balance_settlement',
  'transfer_without_balance',
  'hold_without_balance',
  // Each transfer by itself.
  'transfer_amount',
  'transfer_accounts',
  'transfer_kind',
  'transfer_currency',
  // The sequence of an account's transfers.
  'posting_order',
  'posting_chain',
  'posting_range',
  // The stored balance.
  'balance_posted',
  'balance_locked',
  'balance_available',
  // Holds and their captures.
  'hold_amounts',
  'hold_status',
  'hold_currency',
  'hold_captured',
  'capture_without_hold',
  'capture_account',
  // Reversals and their originals.
  'reversal_without_original',
  'reversal_mirror',
  'reversed_twice',
  // The platform as a whole.
  'sum_not_zero',
] as const;
export type LedgerCheck = (typeof LEDGER_CHECKS)[number];

/** A violated invariant and its place. Amounts are minor units as decimal text. */
export interface LedgerProblem {
  check: LedgerCheck;
  platformId: string;
  accountId: string | null;
  transferId: string | null;
  holdId: string | null;
  expected: string;
  found: string;
}

export type ProblemPlace = Partial<Pick<LedgerProblem, 'accountId' | 'transferId' | 'holdId'>>;

const KEPT = 20;

/** Counts the violations and keeps the first ones. */
export class LedgerFindings {
  readonly first: LedgerProblem[] = [];
  count = 0;

  add(
    check: LedgerCheck,
    platformId: string,
    place: ProblemPlace,
    told: [expected: string, found: string],
  ): void {
    this.count += 1;
    if (this.first.length >= KEPT) return;
    const [expected, found] = told;
    const nowhere = { accountId: null, transferId: null, holdId: null };
    this.first.push({ check, platformId, ...nowhere, ...place, expected, found });
  }
}

/** The result of a verification. */
export interface LedgerVerdict {
  /** `null`: all platforms. */
  platformId: string | null;
  clean: boolean;
  transfers: number;
  accounts: number;
  holds: number;
  problems: number;
  firstProblems: LedgerProblem[];
  startedAt: Date;
  durationMs: number;
}
