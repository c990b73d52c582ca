import { AppError } from '../shared/app-error.js';

interface Waiting {
  grant: () => void;
  deadline: NodeJS.Timeout;
}

/** A bounded FIFO semaphore: rejects work that would exceed the queue, or that waited too long. */
export class Semaphore {
  private held = 0;
  private readonly waiting = new Set<Waiting>();

  /**
   * @param permits tasks executed at the same time
   * @param maxWaiting tasks that may wait for a permit
   * @param maxWaitMs how long a task may wait
   */
  constructor(
    private readonly permits: number,
    private readonly maxWaiting: number,
    private readonly maxWaitMs: number,
  ) {}

  /** @throws AppError service_unavailable when rejected; otherwise what `work` throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.held < this.permits) this.held += 1;
    else await this.wait();
    try {
      return await work();
    } finally {
      this.release();
    }
  }

  private async wait(): Promise<void> {
    if (this.waiting.size >= this.maxWaiting) throw rejection();
    return new Promise((grant, refuse) => {
      const deadline = setTimeout(() => {
        this.waiting.delete(waiting);
        refuse(rejection());
      }, this.maxWaitMs);
      const waiting = { grant, deadline };
      this.waiting.add(waiting);
    });
  }

  /** Hands the permit to the task that has waited longest. */
  private release(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.held -= 1;
      return;
    }
    this.waiting.delete(next);
    clearTimeout(next.deadline);
    next.grant();
  }
}

/** Of tasks that run one at a time: how many wait for their turn, and for how long. */
const MAX_WAITING = 10;
const MAX_WAIT_MS = 20_000;

/** For tasks that read whole tables: several at once would take the connections of every other request. */
export function oneAtATime(): Semaphore {
  return new Semaphore(1, MAX_WAITING, MAX_WAIT_MS);
}

function rejection(): AppError {
  return new AppError('service_unavailable');
}
