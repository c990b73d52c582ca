import type { HttpRequest } from '../load/http-request.js';

/** A kind of request that is sent repeatedly. */
export interface Workload {
  /** Statuses of successful responses. */
  expected: readonly number[];
  /**
   * Each response with this status means `rows` new rows (default 1) in this table; `null`: the workload writes
   * nothing.
   */
  writes: { table: 'accounts' | 'transfers'; status: number; rows?: number } | null;
  /**
   * Name of the sequence of numbers. Workloads with the same sequence never send the same number, because an owner has
   * one account per currency.
   */
  numbers: string;
  /** How many consecutive numbers create the same request. */
  sameRequest?: number;
  /** @param token an access token, empty where the workload needs none */
  requestOf: (number: number, token: string) => HttpRequest;
}
