import type { Socket } from 'node:net';

/** The shortest Retry-After that a rejection names: a retry before it ignores the header. */
const TOO_EARLY_MS = 1_000;
const DELAY_MS = 500;

/**
 * Delays repeated rejections. The first rejection on a connection is sent at once; one that follows a retry earlier
 * than Retry-After is sent after a delay. Without it, clients that retry in a tight loop would take most of the CPU.
 * Only rejections are delayed, never the next request: the connection may be a proxy's, shared by several clients.
 */
export class RejectionDelay {
  private delayed = 0;
  private readonly rejectedAt = new WeakMap<Socket, number>();

  /** @param limit rejections delayed at the same time; above it they are sent at once */
  constructor(private readonly limit: number) {}

  send(socket: Socket, respond: () => void): void {
    const now = performance.now();
    const isTooEarly = now - (this.rejectedAt.get(socket) ?? -Infinity) < TOO_EARLY_MS;
    this.rejectedAt.set(socket, now);
    if (!isTooEarly || this.delayed >= this.limit) {
      respond();
      return;
    }
    this.delayed += 1;
    setTimeout(() => {
      this.delayed -= 1;
      respond();
    }, DELAY_MS);
  }
}
