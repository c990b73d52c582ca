/** The result of one case in one round. Times are in milliseconds; `null`: unknown for this subject. */
export interface Measurement {
  perSecond: number;
  /** Responses per second that refused the request, such as 503 under overload. */
  refusedPerSecond: number;
  p50Ms: number | null;
  p99Ms: number | null;
  maxMs: number | null;
  /** Share of one core used by the load generator. */
  generatorCpu: number | null;
  /** CPU time of the server per response, including the warm-up. */
  cpuMsPerAnswer: number | null;
  /** Peak resident memory of the server, in bytes. */
  residentBytes: number | null;
  /** Seconds for which the server worked on after the last response (sealing the audit trail, dispatching events). */
  settleSeconds: number | null;
}

/** A count taken after a load, and its expected value. */
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
