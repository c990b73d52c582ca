import type { Socket } from 'node:net';

/** The shortest that Retry-After says: who asks again before has not heeded it. */
const TOO_EARLY_MS = 1_000;
const HOLD_MS = 500;

/**
 * A refusal is given at once, but to whoever asks again too early on the same connection it is given after a moment.
 * Otherwise those who try again as soon as they are answered would take most of the processor for being refused.
 * Nothing is held up but refusals: a connection may be a proxy's, and the next request on it somebody else's.
 */
export class HeldAnswers {
  private held = 0;
  private readonly refusedAt = new WeakMap<Socket, number>();

  /** @param most answers that are held at once; those beyond are given at once */
  constructor(private readonly most: number) {}

  give(socket: Socket, answer: () => void): void {
    const now = performance.now();
    const isTooEarly = now - (this.refusedAt.get(socket) ?? -Infinity) < TOO_EARLY_MS;
    this.refusedAt.set(socket, now);
    if (!isTooEarly || this.held >= this.most) {
      answer();
      return;
    }
    this.held += 1;
    setTimeout(() => {
      this.held -= 1;
      answer();
    }, HOLD_MS);
  }
}
