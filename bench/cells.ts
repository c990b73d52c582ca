import type { Load } from './load/load.js';
import type { WorkName } from './work/works.js';

export type ContenderName = 'limit' | 'floor' | 'conventional' | 'vostro' | 'small' | 'grown';

/** One thing that is measured in every round: somebody doing some work under some load. */
export interface Cell {
  /** `<contender> <work> <load>`, such as `vostro opening/owner c64`; `r100`: 100 requests/s. */
  id: string;
  contender: ContenderName;
  work: WorkName;
  load: Load;
}

const CLOSED = [1, 16, 64, 256];
const USUAL = 64;
const LATENCY_RATE = 100;
/** What pgbench runs with (limit/pgbench.ts). */
const PGBENCH_CLIENTS = 16;

function closed(contender: ContenderName, work: WorkName, connections: readonly number[] = [USUAL]): Cell[] {
  return connections.map((count) => ({
    id: `${contender} ${work} c${count}`,
    contender,
    work,
    load: { kind: 'closed', connections: count },
  }));
}

function open(contender: ContenderName, work: WorkName): Cell[] {
  const load = { kind: 'open', ratePerSecond: LATENCY_RATE } as const;
  return [{ id: `${contender} ${work} r${LATENCY_RATE}`, contender, work, load }];
}

/** In the order of a round. */
export const CELLS: readonly Cell[] = [
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
    ] as WorkName[]
  ).flatMap((work) => closed('vostro', work)),
  ...closed('vostro', 'transfer/spread', CLOSED),
  ...closed('vostro', 'transfer/hot'),
  ...(['bulk/opening', 'bulk/transfer'] as const).flatMap((work) => closed('vostro', work, [1])),
  ...closed('vostro', 'reading/owner'),
];

const LIST_WORKS: readonly WorkName[] = [
  ...(['list/admin-newest', 'list/admin-filtered', 'list/admin-search'] as const),
  ...(['list/platform-first', 'list/platform-deep'] as const),
];

/** The same server on few accounts and on many. */
export const GROWTH_CELLS: readonly Cell[] = (['small', 'grown'] as const).flatMap((contender) => [
  ...closed(contender, 'opening/owner'),
  ...LIST_WORKS.flatMap((work) => closed(contender, work, [1])),
]);
