import type { ServerProcess } from './server-process.js';

const INTERVAL_MS = 1_000;

/** Samples a server's resident memory every second. */
export class MemoryWatch {
  private readonly samples: number[] = [];
  private readonly timer: NodeJS.Timeout;

  /** @param onSample called with each sample, in bytes */
  constructor(
    private readonly server: ServerProcess,
    private readonly onSample: (bytes: number) => void = () => undefined,
  ) {
    this.timer = setInterval(() => {
      this.look();
    }, INTERVAL_MS);
  }

  /** @returns the maximum in bytes; `null` where the system does not report it */
  end(): number | null {
    clearInterval(this.timer);
    this.look();
    return this.samples.length === 0 ? null : Math.max(...this.samples);
  }

  private look(): void {
    const bytes = this.server.residentBytes();
    if (bytes === null) return;
    this.samples.push(bytes);
    this.onSample(bytes);
  }
}
