import type { LoadResult } from './load.js';

/** Counts responses, and records the latencies of those received within the measured window. */
export class LoadRecorder {
  private sent = 0;
  private readonly answers: Record<string, number> = {};
  private readonly latenciesMs: number[] = [];
  private done = 0;
  private refused = 0;
  private cpuBefore = process.cpuUsage();
  private cpu = { user: 0, system: 0 };

  /**
   * @param expected statuses of successful responses
   * @param fromMs start of the measured window, as `performance.now()`; `toMs`: its end
   */
  constructor(
    private readonly expected: readonly number[],
    private readonly fromMs: number,
    private readonly toMs: number,
  ) {}

  countSent(): void {
    this.sent += 1;
  }

  /** @param sinceMs when the request was sent or, under an open load, when it was due */
  countAnswer(status: number, sinceMs: number): void {
    this.answers[status] = (this.answers[status] ?? 0) + 1;
    const now = performance.now();
    if (now < this.fromMs || now >= this.toMs) return;
    if (!this.expected.includes(status)) {
      this.refused += 1;
      return;
    }
    this.done += 1;
    this.latenciesMs.push(now - sinceMs);
  }

  /** Call it at the start of the window and again at its end. */
  markCpu(): void {
    this.cpu = process.cpuUsage(this.cpuBefore);
    this.cpuBefore = process.cpuUsage();
  }

  result(): LoadResult {
    const seconds = (this.toMs - this.fromMs) / 1_000;
    const sorted = Float64Array.from(this.latenciesMs).sort();
    return {
      sent: this.sent,
      answers: this.answers,
      perSecond: this.done / seconds,
      refusedPerSecond: this.refused / seconds,
      p50Ms: quantile(sorted, 0.5),
      p99Ms: quantile(sorted, 0.99),
      maxMs: quantile(sorted, 1),
      generatorCpu: (this.cpu.user + this.cpu.system) / 1e6 / seconds,
    };
  }
}

/**
 * The value that this share of the values does not exceed (nearest rank); 0 of none.
 * @param sorted ascending
 */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
