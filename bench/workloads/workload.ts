import type { HttpRequest } from '../load/http-request.js';

/** A kind of request that is sent repeatedly. */
export interface Workload {
  /** Statuses of successful responses. */
  expected: readonly number[];
  /** Each response with this status means `rows` new rows (1) in this table; `null`: the workload writes nothing. */
  writes: { table: 'accounts' | 'transfers'; status: number; rows?: number } | null;
  /** Workloads with the same sequence never send the same number: an owner has each currency once. */
  numbers: string;
  /** Count of consecutive numbers that make the same request. */
  sameRequest?: number;
  /** @param token an access token, empty where the workload needs none */
  requestOf: (number: number, token: string) => HttpRequest;
}
