/** Holds the requests of which nobody has proven yet whose they are. */
export const UNPROVEN = '';

/** Why a request is not let in; the values of the metric's label. */
export const OBJECTIONS = ['bound', 'credential_share', 'unproven_share'] as const;
export type Objection = (typeof OBJECTIONS)[number];

/**
 * Counts the requests in work, in all and by whose they are, and says when there are too many: of all, or of one
 * credential, which may hold half of the bound. So the other half is there for others however hard one tries.
 */
export class Admission {
  /** How many one credential may have in work, and how many all may who have proven nothing yet. */
  readonly share: number;
  private total = 0;
  private most = 0;
  private readonly held = new Map<string, number>();
  private onEmpty: (() => void)[] = [];

  /** @param bound how many requests may be in work at once */
  constructor(readonly bound: number) {
    this.share = Math.ceil(bound / 2);
  }

  /** Whether anything may stand against anybody. */
  get isBusy(): boolean {
    return this.total >= this.share;
  }

  get inWork(): number {
    return this.total;
  }

  /** The most there have been at once. */
  get highest(): number {
    return this.most;
  }

  /** What stands against one more of this holder's; `null`: nothing. */
  objection(holder: string): Objection | null {
    if (this.heldBy(holder) >= this.share) return holder === UNPROVEN ? 'unproven_share' : 'credential_share';
    return this.total >= this.bound ? 'bound' : null;
  }

  /** Lets one in, unless something stands against it. Whoever was let in must `leave` once. */
  enter(holder: string): Objection | null {
    const objection = this.objection(holder);
    if (objection !== null) return objection;
    this.total += 1;
    this.most = Math.max(this.most, this.total);
    this.count(holder, 1);
    return null;
  }

  leave(holder: string): void {
    this.total -= 1;
    this.count(holder, -1);
    if (this.total > 0) return;
    for (const empty of this.onEmpty.splice(0)) empty();
  }

  /** Resolves when none is in work. */
  async emptied(): Promise<void> {
    if (this.total > 0) await new Promise<void>((resolve) => this.onEmpty.push(resolve));
  }

  /** One that is inside turned out to be another holder's; with an objection it stays where it is. */
  move(from: string, to: string): Objection | null {
    if (from === to) return null;
    if (this.heldBy(to) >= this.share) return 'credential_share';
    this.count(from, -1);
    this.count(to, 1);
    return null;
  }

  private heldBy(holder: string): number {
    return this.held.get(holder) ?? 0;
  }

  private count(holder: string, by: 1 | -1): void {
    const held = this.heldBy(holder) + by;
    if (held === 0) this.held.delete(holder);
    else this.held.set(holder, held);
  }
}
