import type { WorkloadName } from '../workloads/workloads.js';

/** The load pattern. */
export type LoadPattern =
  /** Each connection sends its next request after the previous response. */
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

/** The requests to send, and the data that they are created from. */
export interface WorkloadSpec {
  name: WorkloadName;
  /** Number of the first request; smaller numbers have been used already. */
  first: number;
  /** An access token, if the workload needs one. */
  token: string;
}

/** The generator's result. Times are milliseconds; the warm-up counts in `sent` and `answers` only. */
export interface LoadResult {
  sent: number;
  /** All responses, by status. */
  answers: Record<string, number>;
  /** Responses of successful requests. */
  perSecond: number;
  /** Other responses, such as refusals under overload. */
  refusedPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  /** Share of one core used by the generator. */
  generatorCpu: number;
}
