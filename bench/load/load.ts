import type { WorkloadName } from '../workloads/workloads.js';

/** How the load comes. */
export type LoadPattern =
  /** Each connection sends its next request when the last one is answered. */
  | { kind: 'closed'; connections: number }
  /** Requests are sent at this rate per second, independent of responses. */
  | { kind: 'open'; ratePerSecond: number };

/** The plan of a load generator. */
export interface LoadPlan {
  /** `http://127.0.0.1:<port>` */
  url: string;
  work: WorkloadSpec;
  load: LoadPattern;
  warmUpSeconds: number;
  seconds: number;
}

/** Which requests are sent, and what they are made from. */
export interface WorkloadSpec {
  name: WorkloadName;
  /** Number of the first request: what was sent before is not sent again. */
  first: number;
  /** An access token, where the work needs one. */
  token: string;
}

/** The generator's result. Times are milliseconds; the warm-up counts in `sent` and `answers` only. */
export interface LoadResult {
  sent: number;
  /** All answers, by status. */
  answers: Record<string, number>;
  /** Answers that say that the work was done. */
  perSecond: number;
  /** Other answers, such as refusals under overload. */
  refusedPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  /** Of one core, that the generator itself used. */
  generatorCpu: number;
}
