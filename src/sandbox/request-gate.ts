import { AppError } from '../shared/app-error.js';

/** How long whoever wants to be alone waits for those inside. */
const MAX_WAIT_MS = 10_000;

/**
 * Many requests at once, or one act alone. Whoever wants to be alone keeps newcomers waiting, and begins when those
 * inside have gone.
 */
export class RequestGate {
  private inside = 0;
  private line: Promise<unknown> = Promise.resolve();
  private shut: Promise<void> | null = null;
  private onEmpty: (() => void) | null = null;

  /** Resolves inside; call the result once, to leave. */
  async enter(): Promise<() => void> {
    while (this.shut !== null) await this.shut;
    this.inside++;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      if (--this.inside === 0) this.onEmpty?.();
    };
  }

  /** One after the other. @throws AppError service_unavailable when those inside do not leave in time */
  alone<T>(act: () => Promise<T>, maxWaitMs = MAX_WAIT_MS): Promise<T> {
    const turn = this.line.then(() => this.shutFor(act, maxWaitMs));
    this.line = turn.catch(() => undefined);
    return turn;
  }

  private async shutFor<T>(act: () => Promise<T>, maxWaitMs: number): Promise<T> {
    let open!: () => void;
    this.shut = new Promise((resolve) => (open = resolve));
    try {
      await this.emptied(maxWaitMs);
      return await act();
    } finally {
      this.shut = null;
      open();
    }
  }

  private async emptied(maxWaitMs: number): Promise<void> {
    if (this.inside === 0) return;
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.onEmpty = resolve;
        timer = setTimeout(() => {
          reject(new AppError('service_unavailable'));
        }, maxWaitMs);
      });
    } finally {
      clearTimeout(timer);
      this.onEmpty = null;
    }
  }
}
