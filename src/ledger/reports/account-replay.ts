import { MAX_AMOUNT_MINOR } from '../../shared/money.js';
import type { LedgerAccountRow, StoredBalanceRow, EntryRow, HoldRow } from './ledger-rows.js';
import type { LedgerFindings, LedgerCheck, ProblemPlace } from './verification.js';

/**
 * Replays the transfers and holds of one account in order, and compares the result with the stored balance. Does no I/O
 * and keeps only sums.
 */
export class AccountReplay {
  private postedMinor = 0n;
  private lockedMinor = 0n;
  private lastId: bigint | null = null;

  constructor(
    private readonly place: { platformId: string; accountId: string },
    private readonly balance: StoredBalanceRow | null,
    private readonly findings: LedgerFindings,
  ) {}

  /** Compares the account row with its balance row. */
  compare(account: LedgerAccountRow | null): void {
    const { balance } = this;
    if (account === null && balance !== null)
      this.found('balance_without_account', {}, ['an account', 'none']);
    if (account !== null && balance === null)
      this.found('account_without_balance', {}, ['a balance', 'none']);
    if (account === null || balance === null) return;
    this.expect('balance_currency', {}, [account.currencyCode, balance.currencyCode]);
    this.expect('balance_settlement', {}, [String(account.isSettlement), String(balance.mayBeNegative)]);
  }

  /**
   * The next transfer. The following one is compared with this one's stored balance, so that one error is reported
   * once.
   */
  post(entry: EntryRow): void {
    const at = { transferId: entry.id };
    const id = BigInt(entry.id);
    const postedMinor = BigInt(entry.postedMinor);
    if (entry.fault !== null && entry.isDebit) this.found(entry.fault, at, ['a sound transfer', entry.fault]);
    if (this.balance === null) this.found('transfer_without_balance', at, ['a balance', 'none']);
    else this.expect('transfer_currency', at, [this.balance.currencyCode, entry.currencyCode]);
    if (this.lastId !== null && id < this.lastId)
      this.found('posting_order', at, [`an id above ${this.lastId}`, entry.id]);
    const amountMinor = BigInt(entry.amountMinor);
    const expectedMinor = this.postedMinor + (entry.isDebit ? -amountMinor : amountMinor);
    if (expectedMinor !== postedMinor)
      this.found('posting_chain', at, [String(expectedMinor), entry.postedMinor]);
    if (!isInRange(postedMinor, this.balance))
      this.found('posting_range', at, ['a balance it may have', entry.postedMinor]);
    this.postedMinor = postedMinor;
    this.lastId = id;
  }

  hold(hold: HoldRow): void {
    const at = { holdId: hold.id };
    const [amount, captured, released, remaining] = [
      ...[BigInt(hold.amountMinor), BigInt(hold.capturedMinor)],
      ...[BigInt(hold.releasedMinor), BigInt(hold.remainingMinor)],
    ] as const;
    const isSound =
      amount > 0n && amount < MAX_AMOUNT_MINOR && captured >= 0n && released >= 0n && remaining >= 0n;
    const sum = String(captured + released + remaining);
    if (!isSound || sum !== hold.amountMinor) this.found('hold_amounts', at, [hold.amountMinor, sum]);
    this.expect('hold_captured', at, [hold.takenMinor, hold.capturedMinor]);
    const isActive = hold.status === 'active';
    if (isActive !== remaining > 0n)
      this.found('hold_status', at, [remaining > 0n ? 'active' : 'an end', hold.status]);
    if (this.balance === null) this.found('hold_without_balance', at, ['a balance', 'none']);
    else this.expect('hold_currency', at, [this.balance.currencyCode, hold.currencyCode]);
    if (isActive) this.lockedMinor += remaining;
  }

  /** Call it after the last transfer and the last hold. */
  finish(): void {
    if (this.balance === null) return;
    const { postedMinor, lockedMinor, mayBeNegative } = this.balance;
    this.expect('balance_posted', {}, [String(this.postedMinor), postedMinor]);
    this.expect('balance_locked', {}, [String(this.lockedMinor), lockedMinor]);
    const availableMinor = BigInt(postedMinor) - BigInt(lockedMinor);
    if (!mayBeNegative && availableMinor < 0n)
      this.found('balance_available', {}, ['0 or more', String(availableMinor)]);
  }

  private expect(check: LedgerCheck, at: ProblemPlace, told: [expected: string, found: string]): void {
    if (told[0] !== told[1]) this.found(check, at, told);
  }

  private found(check: LedgerCheck, at: ProblemPlace, told: [expected: string, found: string]): void {
    const { platformId, accountId } = this.place;
    this.findings.add(check, platformId, { accountId, ...at }, told);
  }
}

/** A customer's posted balance must have been zero or more after every transfer. */
function isInRange(postedMinor: bigint, balance: StoredBalanceRow | null): boolean {
  const lowest = balance?.mayBeNegative === false ? 0n : 1n - MAX_AMOUNT_MINOR;
  return postedMinor >= lowest && postedMinor < MAX_AMOUNT_MINOR;
}
