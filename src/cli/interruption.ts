import { EXIT } from './failure.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Whether somebody asked this program to end. The first signal is a request, which long work looks at between two
 * steps and short work outlives; the second one ends the program at once.
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
   * For a program that has something to put away: no signal ends it any more. A terminal's Ctrl-C reaches it twice, once
   * through npm.
   * @returns what resolves when somebody asks
   */
  takeOver(): Promise<void> {
    this.isTakenOver = true;
    return new Promise((resolve) => {
      this.onRequest = resolve;
      if (this.requested) resolve();
    });
  }
}
