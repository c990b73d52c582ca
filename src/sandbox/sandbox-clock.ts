import { Clock } from '../shared/clock.js';

/** A clock with an adjustable offset. It keeps ticking. */
export class SandboxClock extends Clock {
  private aheadMs = 0;

  override now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }

  /** Offset from the real time, in milliseconds. */
  get offsetMs(): number {
    return this.aheadMs;
  }

  moveTo(moment: Date): void {
    this.aheadMs = moment.getTime() - Date.now();
  }

  moveBy(ms: number): void {
    this.aheadMs += ms;
  }

  /** Resets the offset to zero. */
  release(): void {
    this.aheadMs = 0;
  }
}
