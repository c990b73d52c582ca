import { EXIT } from './failure.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Whether somebody asked this program to end. The first signal is a request, which long work looks at between two
 * steps and short work outlives; the second one ends the program at once.
 */
export class Interruption {
  requested = false;

  listen(): void {
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (this.requested) process.exit(EXIT.interrupted);
        this.requested = true;
      });
    }
  }
}
