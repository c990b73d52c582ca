import type { Socket } from 'node:net';

/** Closes a connection that has transferred no data for `maxIdleMs`. */
export class IdleWatch {
  private readonly timer: NodeJS.Timeout;

  constructor(maxIdleMs: number, connection: Socket) {
    this.timer = setTimeout(() => connection.destroy(), maxIdleMs).unref();
  }

  /** Passes the items on, and restarts the idle timer for each. */
  async *over<T>(passing: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const one of passing) {
      this.timer.refresh();
      yield one;
    }
  }

  /** Passes the items on, and stops the watch when they end. */
  async *untilEndOf<T>(passing: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      yield* passing;
    } finally {
      this.end();
    }
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
