import { EXIT } from './failure.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Whether the user has interrupted the program. The first signal is a request: long work checks it between two steps,
 * short work runs to its end. The second signal ends the program at once.
 */
export class Interruption {
  requested = false;
  private isTakenOver = false;
  private onRequest: (() => void) | undefined;

  listen(): void {
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (this.requested && !this.isTakenOver) process.exit(EXIT.interrupted);
        this.requested = true;
        this.onRequest?.();
      });
    }
  }

  /**
   * For a program that must clean up: signals no longer end it. Ctrl-C at a terminal reaches it twice, once through
   * npm.
   * @returns a promise that resolves at the first signal
   */
  takeOver(): Promise<void> {
    this.isTakenOver = true;
    return new Promise((resolve) => {
      this.onRequest = resolve;
      if (this.requested) resolve();
    });
  }
}
