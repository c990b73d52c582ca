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
  /** An owner reads the account it began with. */
  'reading/owner': reading((number) => ({
    method: 'GET',
    path: `/api/v1/accounts/${firstAccountId(number % OWNERS)}`,
    headers: asOwner(number % OWNERS),
  })),
  /** The same of a server that knows no owner and finds rows by their number. */
  'reading/bare': reading((number) => ({
    method: 'GET',
    path: `/accounts/${(number % OWNERS) + 1}`,
    headers: asOwner(number % OWNERS),
  })),
} satisfies Record<string, Workload>;
