import { asOwner } from './credentials.js';
import { firstAccountId, OWNERS } from './tenant.js';
import type { Workload } from './workload.js';

const reading = (requestOf: Workload['requestOf']): Workload => ({
  expected: [200],
  writes: null,
  numbers: 'reading',
  requestOf,
});

export const READS = {
  /** An owner reads its first account. */
  'reading/owner': reading((number) => ({
    method: 'GET',
    path: `/api/v1/accounts/${firstAccountId(number % OWNERS)}`,
    headers: asOwner(number % OWNERS),
  })),
  /** The same for a server without owners, which finds rows by number. */
  'reading/bare': reading((number) => ({
    method: 'GET',
    path: `/accounts/${(number % OWNERS) + 1}`,
    headers: asOwner(number % OWNERS),
  })),
} satisfies Record<string, Workload>;
