import type { Socket } from 'node:net';

/** Ends a connection over which nothing comes or goes any more. */
export class IdleWatch {
  private readonly timer: NodeJS.Timeout;

  constructor(maxIdleMs: number, connection: Socket) {
    this.timer = setTimeout(() => connection.destroy(), maxIdleMs).unref();
  }

  /** Passes a stream through; every chunk restarts the idle timer. */
  async *over<T>(passing: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const one of passing) {
      this.timer.refresh();
      yield one;
    }
  }

  /** The same; nothing is watched when it is over. */
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
