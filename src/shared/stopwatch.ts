/** Phases of a request that is executed in a batch, in their order. */
export const PHASES = ['auth', 'validate', 'queue', 'lock', 'write', 'commit', 'respond'] as const;
export type Phase = (typeof PHASES)[number];

/**
 * Measures the time of one request by phase: every moment counts to one phase, so that the phases sum up to the whole.
 */
export class Stopwatch {
  private readonly milliseconds = new Map<Phase, number>();
  private last = performance.now();

  /** Adds the time since the last lap to this phase. */
  lap(phase: Phase): void {
    const now = performance.now();
    this.milliseconds.set(phase, this.of(phase) + now - this.last);
    this.last = now;
  }

  /** Milliseconds of a phase. */
  of(phase: Phase): number {
    return this.milliseconds.get(phase) ?? 0;
  }

  /** Whether time was recorded for this phase. */
  has(phase: Phase): boolean {
    return this.milliseconds.has(phase);
  }
}
