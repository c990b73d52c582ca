import { AppError } from '../shared/app-error.js';
import { MAX_AMOUNT_MINOR } from '../shared/money.js';

/** The balance of an account, in minor units. */
export interface Holding {
  accountId: string;
  currencyCode: string;
  mayBeNegative: boolean;
  postedMinor: bigint;
  lockedMinor: bigint;
}

/** Posted balances after a transfer. */
export interface BalancesAfter {
  debitPostedMinor: bigint;
  creditPostedMinor: bigint;
}

/** Available balance: the posted balance minus the amount locked by holds. */
export function availableMinor({
  postedMinor,
  lockedMinor,
}: Pick<Holding, 'postedMinor' | 'lockedMinor'>): bigint {
  return postedMinor - lockedMinor;
}

/**
 * Double-entry arithmetic in memory, without I/O. Invariants: a transfer does not change the sum of all posted
 * balances; no available balance falls below zero unless `mayBeNegative`; a refused change has no effect.
 */
export class BalanceSheet {
  private readonly holdings: ReadonlyMap<string, Holding>;
  private readonly touched = new Set<Holding>();

  constructor(holdings: readonly Holding[]) {
    this.holdings = new Map(holdings.map((holding) => [holding.accountId, { ...holding }]));
  }

  /** @throws AppError object_not_found */
  get(accountId: string): Readonly<Holding> {
    return this.find(accountId);
  }

  /** The changed balances, with their current values. */
  changed(): readonly Readonly<Holding>[] {
    return [...this.touched];
  }

  /**
   * Moves an amount from the debited account to the credited one.
   * @throws AppError insufficient_funds, balance_limit_exceeded, currency_mismatch, object_not_found
   */
  transfer(debitAccountId: string, creditAccountId: string, amountMinor: bigint): BalancesAfter {
    assertAmount(amountMinor);
    const debit = this.find(debitAccountId);
    const credit = this.find(creditAccountId);
    if (debit === credit) throw new Error('a transfer needs two accounts');
    if (debit.currencyCode !== credit.currencyCode) throw new AppError('currency_mismatch');
    if (!debit.mayBeNegative && availableMinor(debit) < amountMinor) throw new AppError('insufficient_funds');
    if (!isInRange(debit.postedMinor - amountMinor) || !isInRange(credit.postedMinor + amountMinor))
      throw new AppError('balance_limit_exceeded');
    debit.postedMinor -= amountMinor;
    credit.postedMinor += amountMinor;
    this.touched.add(debit).add(credit);
    return { debitPostedMinor: debit.postedMinor, creditPostedMinor: credit.postedMinor };
  }

  /** Runs `work`; when it throws, restores the balances of these accounts. */
  atomically<T>(accountIds: readonly string[], work: () => T): T {
    const undo = [...new Set(accountIds)].flatMap((id) => {
      const holding = this.holdings.get(id);
      return holding === undefined
        ? []
        : [{ holding, before: { ...holding }, isTouched: this.touched.has(holding) }];
    });
    try {
      return work();
    } catch (error) {
      for (const { holding, before, isTouched } of undo) {
        Object.assign(holding, before);
        if (!isTouched) this.touched.delete(holding);
      }
      throw error;
    }
  }

  /** Locks an amount of the available balance for a hold. @throws AppError insufficient_funds, object_not_found */
  lock(accountId: string, amountMinor: bigint): void {
    assertAmount(amountMinor);
    const holding = this.find(accountId);
    if (availableMinor(holding) < amountMinor) throw new AppError('insufficient_funds');
    holding.lockedMinor += amountMinor;
    this.touched.add(holding);
  }

  /** Makes a locked amount available again. */
  unlock(accountId: string, amountMinor: bigint): void {
    assertAmount(amountMinor);
    const holding = this.find(accountId);
    if (holding.lockedMinor < amountMinor)
      throw new Error(`account ${accountId} has less locked than holds say`);
    holding.lockedMinor -= amountMinor;
    this.touched.add(holding);
  }

  private find(accountId: string): Holding {
    const holding = this.holdings.get(accountId);
    if (holding === undefined) throw new AppError('object_not_found');
    return holding;
  }
}

function isInRange(minor: bigint): boolean {
  return minor > -MAX_AMOUNT_MINOR && minor < MAX_AMOUNT_MINOR;
}

/** Callers validate the amounts of requests, so an amount out of range here is a programming error. */
function assertAmount(amountMinor: bigint): void {
  if (amountMinor <= 0n || amountMinor >= MAX_AMOUNT_MINOR) throw new RangeError('amount out of range');
}
