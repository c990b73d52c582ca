import type { Workload } from './workload.js';
import { BULK } from './bulk.js';
import { LISTS } from './lists.js';
import { OPENINGS } from './openings.js';
import { READS } from './reads.js';
import { TRANSFERS } from './transfers.js';

/** The workloads, by name. */
const WORKLOADS = { ...OPENINGS, ...TRANSFERS, ...BULK, ...READS, ...LISTS };

/** Rows written by one successful response of a workload. */
export function rowsOf({ writes }: Workload): number {
  return writes?.rows ?? 1;
}

export type WorkloadName = keyof typeof WORKLOADS;

export function workloadNamed(name: WorkloadName): Workload {
  return WORKLOADS[name];
}
