/** The settlement account in the model. */
export const OUTSIDE = -1;
const LIMIT = 10n ** 15n;

export interface ModelMove {
  from: number;
  to: number;
  amount: bigint;
}

interface ModelHold {
  account: number;
  remaining: bigint;
}

/** The effect of one move on one account. */
export interface ModelLine {
  delta: bigint;
  after: bigint;
}

/** The expected behaviour of the ledger in its simplest form: no rows, no locks, no time. */
export class Model {
  readonly posted = new Map<number, bigint>();
  readonly locked = new Map<number, bigint>();
  readonly lines = new Map<number, ModelLine[]>();
  /** Moves that were posted together, in their order, and whether they may still be reversed. */
  readonly journals: { moves: ModelMove[]; isReversible: boolean }[] = [];
  readonly holds: ModelHold[] = [];

  available(account: number): bigint {
    return (this.posted.get(account) ?? 0n) - (this.locked.get(account) ?? 0n);
  }

  /** Posts all or none. @returns whether it was possible */
  post(moves: readonly ModelMove[], isReversible = true): boolean {
    const before = new Map(this.posted);
    for (const { from, to, amount } of moves) {
      if (from !== OUTSIDE && this.available(from) < amount) return this.restore(before);
      this.add(from, -amount);
      this.add(to, amount);
      if ([from, to].some((account) => magnitude(this.posted.get(account) ?? 0n) >= LIMIT))
        return this.restore(before);
    }
    const running = new Map(before);
    for (const { from, to, amount } of moves) {
      for (const [account, delta] of [
        [from, -amount],
        [to, amount],
      ] as const) {
        const after = (running.get(account) ?? 0n) + delta;
        running.set(account, after);
        this.lines.set(account, [...(this.lines.get(account) ?? []), { delta, after }]);
      }
    }
    this.journals.push({ moves: [...moves], isReversible });
    return true;
  }

  reverse(journal: number): boolean {
    const original = this.journals[journal];
    if (original?.isReversible !== true) return false;
    const back = original.moves.map(({ from, to, amount }) => ({ from: to, to: from, amount })).reverse();
    if (!this.post(back, false)) return false;
    original.isReversible = false;
    return true;
  }

  hold(account: number, amount: bigint): boolean {
    if (this.available(account) < amount) return false;
    this.locked.set(account, (this.locked.get(account) ?? 0n) + amount);
    this.holds.push({ account, remaining: amount });
    return true;
  }

  capture(index: number, amount: bigint, isFinal: boolean): boolean {
    const hold = this.holds[index];
    if (hold === undefined || amount > hold.remaining) return false;
    this.unlock(hold, isFinal ? hold.remaining : amount);
    // The held amount is available, so only the balance limit could refuse it, which a transfer to the settlement
    // account does not reach.
    return this.post([{ from: hold.account, to: OUTSIDE, amount }]);
  }

  release(index: number, amount: bigint): boolean {
    const hold = this.holds[index];
    if (hold === undefined || amount > hold.remaining) return false;
    this.unlock(hold, amount);
    return true;
  }

  private unlock(hold: ModelHold, amount: bigint): void {
    hold.remaining -= amount;
    this.locked.set(hold.account, (this.locked.get(hold.account) ?? 0n) - amount);
  }

  private add(account: number, delta: bigint): void {
    this.posted.set(account, (this.posted.get(account) ?? 0n) + delta);
  }

  private restore(before: ReadonlyMap<number, bigint>): false {
    this.posted.clear();
    for (const [account, minor] of before) this.posted.set(account, minor);
    return false;
  }
}

const magnitude = (minor: bigint): bigint => (minor < 0n ? -minor : minor);
