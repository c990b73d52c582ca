import { AppError } from './app-error.js';

/** Repeats work until it is stopped; each round starts a fixed delay after the previous one has ended. */
export class Recurring {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private stopped = false;

  /** @param onFailure called with what made a round fail; the next round still runs */
  constructor(
    private readonly work: () => Promise<unknown>,
    private readonly everyMs: number,
    private readonly onFailure: (error: Error) => void,
  ) {}

  start(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.round = this.run();
    }, this.everyMs);
    // The timer does not keep the process alive.
    this.timer.unref();
  }

  /** Resolves when the current round has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.round;
  }

  private async run(): Promise<void> {
    try {
      await this.work();
    } catch (error) {
      this.onFailure(reasonOf(error as Error));
    }
    this.start();
  }
}

/** The message of an `AppError` is its code alone; its cause says what happened. */
function reasonOf(error: Error): Error {
  return error instanceof AppError && error.cause instanceof Error ? error.cause : error;
}
