/** Everything that must hold in the books, by the name of what is found where it does not. */
export const LEDGER_CHECKS = [
  // What belongs together.
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
  // The transfers of an account, one after the other.
  'posting_order',
  'posting_chain',
  'posting_range',
  // What is stored beside them.
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
  // Reversals and what they undo.
  'reversal_without_original',
  'reversal_mirror',
  'reversed_twice',
  // All of it.
  'sum_not_zero',
] as const;
export type LedgerCheck = (typeof LEDGER_CHECKS)[number];

/** Something that does not hold, and where. Amounts are minor units as decimal text. */
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

/** Counts what does not hold, and keeps the first of it. */
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

/** What replaying the books showed. */
export interface LedgerVerdict {
  /** `null`: all of them. */
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
