/** Owner of the requests that have not authenticated yet. */
export const UNAUTHENTICATED = '';

/** Why a request is rejected; the values of the metric's label `reason`. */
export const REJECTION_REASONS = ['bound', 'credential_share', 'unproven_share'] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];

/**
 * Limits the requests in flight, in total and per credential. One credential may hold half of the limit, so the other
 * half stays available to all other credentials.
 */
export class ConcurrencyLimiter {
  /** Limit of one credential, and of all requests that have not authenticated yet. */
  readonly share: number;
  private total = 0;
  private highWaterMark = 0;
  private readonly inFlightByOwner = new Map<string, number>();
  private idleWaiters: (() => void)[] = [];

  /** @param limit requests in flight at the same time, in total */
  constructor(readonly limit: number) {
    this.share = Math.ceil(limit / 2);
  }

  /** `false`: `rejectionReason` is `null` for every owner, so it need not be asked. */
  get isBusy(): boolean {
    return this.total >= this.share;
  }

  get inFlight(): number {
    return this.total;
  }

  /** The highest `inFlight` since the start. */
  get peak(): number {
    return this.highWaterMark;
  }

  /** Why one more request of this owner would be rejected; `null`: it would be accepted. */
  rejectionReason(owner: string): RejectionReason | null {
    if (this.inFlightOf(owner) >= this.share)
      return owner === UNAUTHENTICATED ? 'unproven_share' : 'credential_share';
    return this.total >= this.limit ? 'bound' : null;
  }

  /** Takes a slot, which must be released once. @returns the reason of a rejection, which takes none */
  acquire(owner: string): RejectionReason | null {
    const reason = this.rejectionReason(owner);
    if (reason !== null) return reason;
    this.total += 1;
    this.highWaterMark = Math.max(this.highWaterMark, this.total);
    this.count(owner, 1);
    return null;
  }

  release(owner: string): void {
    this.total -= 1;
    this.count(owner, -1);
    if (this.total > 0) return;
    for (const resolve of this.idleWaiters.splice(0)) resolve();
  }

  /** Resolves when no request is in flight. */
  async idle(): Promise<void> {
    if (this.total > 0) await new Promise<void>((resolve) => this.idleWaiters.push(resolve));
  }

  /** Counts a slot for another owner, once authentication has found it. A rejected transfer changes nothing. */
  transfer(from: string, to: string): RejectionReason | null {
    if (from === to) return null;
    if (this.inFlightOf(to) >= this.share) return 'credential_share';
    this.count(from, -1);
    this.count(to, 1);
    return null;
  }

  private inFlightOf(owner: string): number {
    return this.inFlightByOwner.get(owner) ?? 0;
  }

  private count(owner: string, by: 1 | -1): void {
    const inFlight = this.inFlightOf(owner) + by;
    if (inFlight === 0) this.inFlightByOwner.delete(owner);
    else this.inFlightByOwner.set(owner, inFlight);
  }
}
