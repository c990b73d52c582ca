import type { LoadPattern } from './load/load.js';
import type { WorkloadName } from './workloads/workloads.js';

export type SubjectName = 'limit' | 'floor' | 'conventional' | 'vostro' | 'small' | 'grown';

/** One measurement of every round: a subject, a workload and a load pattern. */
export interface BenchCase {
  /** `<subject> <work> <load>`, such as `vostro opening/owner c64`; `r100`: 100 requests/s. */
  id: string;
  subject: SubjectName;
  work: WorkloadName;
  load: LoadPattern;
}

const CLOSED = [1, 16, 64, 256];
const USUAL = 64;
const LATENCY_RATE = 100;
/** Settings of pgbench (limit/pgbench.ts). */
const PGBENCH_CLIENTS = 16;

function closed(
  subject: SubjectName,
  work: WorkloadName,
  connections: readonly number[] = [USUAL],
): BenchCase[] {
  return connections.map((count) => ({
    id: `${subject} ${work} c${count}`,
    subject,
    work,
    load: { kind: 'closed', connections: count },
  }));
}

function open(subject: SubjectName, work: WorkloadName): BenchCase[] {
  const load = { kind: 'open', ratePerSecond: LATENCY_RATE } as const;
  return [{ id: `${subject} ${work} r${LATENCY_RATE}`, subject, work, load }];
}

/** The cases, in the order of a round. */
export const CASES: readonly BenchCase[] = [
  ...(['opening/owner', 'transfer/spread', 'transfer/hot'] as const).flatMap((work) =>
    closed('limit', work, [PGBENCH_CLIENTS]),
  ),
  ...closed('floor', 'opening/owner', CLOSED),
  ...open('floor', 'opening/owner'),
  ...closed('floor', 'reading/bare'),
  ...closed('conventional', 'opening/owner', CLOSED),
  ...open('conventional', 'opening/owner'),
  ...closed('vostro', 'opening/owner', CLOSED),
  ...open('vostro', 'opening/owner'),
  ...(
    [
      ...['opening/owner-unkeyed', 'opening/workspace', 'opening/workspace-unkeyed'],
      ...['opening/platform', 'opening/platform-unkeyed', 'opening/storm'],
    ] as WorkloadName[]
  ).flatMap((work) => closed('vostro', work)),
  ...closed('vostro', 'transfer/spread', CLOSED),
  ...closed('vostro', 'transfer/hot'),
  ...(['bulk/opening', 'bulk/transfer'] as const).flatMap((work) => closed('vostro', work, [1])),
  ...closed('vostro', 'reading/owner'),
];

const LIST_WORKS: readonly WorkloadName[] = [
  ...(['list/admin-newest', 'list/admin-filtered', 'list/admin-search'] as const),
  ...(['list/platform-first', 'list/platform-deep'] as const),
];

/** The same server with few accounts and with many. */
export const GROWTH_CASES: readonly BenchCase[] = (['small', 'grown'] as const).flatMap((subject) => [
  ...closed(subject, 'opening/owner'),
  ...LIST_WORKS.flatMap((work) => closed(subject, work, [1])),
]);
