/** What one case did in one round. Times are milliseconds; `null`: not known for this subject. */
export interface Measurement {
  perSecond: number;
  /** Answers that refused the work, such as 503 under overload. */
  refusedPerSecond: number;
  p50Ms: number | null;
  p99Ms: number | null;
  maxMs: number | null;
  /** Of one core, used by the load generator. */
  generatorCpu: number | null;
  /** Processor time of the server for each answer, the warm-up’s included. */
  cpuMsPerAnswer: number | null;
  /** Most memory that the server held at once, in bytes. */
  residentBytes: number | null;
  /** How long the server worked on after the last answer (sealing the audit trail, handing events on). */
  settleSeconds: number | null;
}

/** Something that was counted after a load, and what it should have been. */
export interface CountCheck {
  caseId: string;
  /** From 1. */
  round: number;
  what: string;
  expected: string;
  found: string;
}

export function isRight({ expected, found }: CountCheck): boolean {
  return expected === found;
}
