import type { ConcurrencyLimiter, RejectionReason } from './concurrency-limiter.js';

/**
 * A slot of the concurrency limiter. It is released when the response is built _and_ the socket has finished or closed,
 * at the later of the two: a request is executed to its end after its client has disconnected.
 */
export class InFlightRequest {
  private isHeld = false;
  private isBuilt = false;
  private isSocketDone = false;

  /**
   * @param credentialDigest of the credentials that the request presents; `null`: none
   * @param owner that the digest was last authenticated as, or `UNAUTHENTICATED`
   */
  constructor(
    private readonly limiter: ConcurrencyLimiter,
    readonly credentialDigest: string | null,
    private owner: string,
  ) {}

  acquire(): RejectionReason | null {
    const reason = this.limiter.acquire(this.owner);
    this.isHeld = reason === null;
    return reason;
  }

  /** Counts the slot for the authenticated owner. */
  assignOwner(owner: string): RejectionReason | null {
    const reason = this.isHeld ? this.limiter.transfer(this.owner, owner) : null;
    if (reason === null) this.owner = owner;
    return reason;
  }

  responseBuilt(): void {
    this.isBuilt = true;
    this.releaseWhenDone();
  }

  /** @param isBuilt whether the response was sent without passing `responseBuilt` */
  socketDone(isBuilt: boolean): void {
    this.isSocketDone = true;
    this.isBuilt ||= isBuilt;
    this.releaseWhenDone();
  }

  private releaseWhenDone(): void {
    if (!this.isHeld || !this.isBuilt || !this.isSocketDone) return;
    this.isHeld = false;
    this.limiter.release(this.owner);
  }
}
