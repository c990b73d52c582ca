import { AppError } from '../shared/app-error.js';

/** How long a writer waits for the readers. */
const MAX_WAIT_MS = 10_000;

/** A readers–writer lock that prefers writers: a waiting writer blocks new readers and starts when the readers end. */
export class ReadWriteLock {
  private readers = 0;
  private writers: Promise<unknown> = Promise.resolve();
  private blocked: Promise<void> | null = null;
  private onLastReader: (() => void) | null = null;

  /** Resolves to the function that releases the read lock; calls after the first have no effect. */
  async acquireRead(): Promise<() => void> {
    while (this.blocked !== null) await this.blocked;
    this.readers++;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      if (--this.readers === 0) this.onLastReader?.();
    };
  }

  /** Writers run one after the other. @throws AppError service_unavailable when the readers do not end in time */
  withWrite<T>(work: () => Promise<T>, maxWaitMs = MAX_WAIT_MS): Promise<T> {
    const turn = this.writers.then(() => this.withReadersBlocked(work, maxWaitMs));
    this.writers = turn.catch(() => undefined);
    return turn;
  }

  private async withReadersBlocked<T>(work: () => Promise<T>, maxWaitMs: number): Promise<T> {
    let unblock!: () => void;
    this.blocked = new Promise((resolve) => (unblock = resolve));
    try {
      await this.readersEnded(maxWaitMs);
      return await work();
    } finally {
      this.blocked = null;
      unblock();
    }
  }

  private async readersEnded(maxWaitMs: number): Promise<void> {
    if (this.readers === 0) return;
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.onLastReader = resolve;
        timer = setTimeout(() => {
          reject(new AppError('service_unavailable'));
        }, maxWaitMs);
      });
    } finally {
      clearTimeout(timer);
      this.onLastReader = null;
    }
  }
}
