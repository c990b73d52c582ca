/** Phases of a request that is executed in a batch, in their order. */
export const PHASES = ['auth', 'validate', 'queue', 'lock', 'write', 'commit', 'respond'] as const;
export type Phase = (typeof PHASES)[number];

/** Where the time of one request goes: every moment counts to one phase, so that the phases sum up to the whole. */
export class Stopwatch {
  private readonly milliseconds = new Map<Phase, number>();
  private last = performance.now();

  /** Counts the time since the last lap to this phase, beside what it has already. */
  lap(phase: Phase): void {
    const now = performance.now();
    this.milliseconds.set(phase, this.of(phase) + now - this.last);
    this.last = now;
  }

  /** Milliseconds of a phase. */
  of(phase: Phase): number {
    return this.milliseconds.get(phase) ?? 0;
  }

  /** Whether it was in this phase at all. */
  has(phase: Phase): boolean {
    return this.milliseconds.has(phase);
  }
}
