import { AppError } from '../shared/app-error.js';

interface Waiting {
  enter: () => void;
  deadline: NodeJS.Timeout;
}

/**
 * Lets a few in at a time, the others in the order in which they came. Who would wait behind too many, or too long,
 * is turned away.
 */
export class Turnstile {
  private inside = 0;
  private readonly waiting = new Set<Waiting>();

  /**
   * @param places how many may be inside at once
   * @param maxWaiting how many may wait
   * @param maxWaitMs how long one may wait
   */
  constructor(
    private readonly places: number,
    private readonly maxWaiting: number,
    private readonly maxWaitMs: number,
  ) {}

  /** @throws AppError service_unavailable when turned away; otherwise whatever `work` throws */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.inside < this.places) this.inside += 1;
    else await this.wait();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private async wait(): Promise<void> {
    if (this.waiting.size >= this.maxWaiting) throw turnedAway();
    return new Promise((enter, refuse) => {
      const deadline = setTimeout(() => {
        this.waiting.delete(waiting);
        refuse(turnedAway());
      }, this.maxWaitMs);
      const waiting = { enter, deadline };
      this.waiting.add(waiting);
    });
  }

  /** Whoever waits longest takes the place over. */
  private leave(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.inside -= 1;
      return;
    }
    this.waiting.delete(next);
    clearTimeout(next.deadline);
    next.enter();
  }
}

function turnedAway(): AppError {
  return new AppError('service_unavailable');
}
