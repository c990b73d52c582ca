import type { HttpRequest } from '../load/http-request.js';
import { AS_PLATFORM } from './credentials.js';
import { FUNDED_ACCOUNTS, fundedIdentifier } from './tenant.js';
import type { Workload } from './workload.js';

/** Knuth’s multiplicative hash: spreads neighbouring numbers over 0 … 2³² - 1. */
function spread(number: number): number {
  return Math.imul(number, 2_654_435_761) >>> 0;
}

function transfer(number: number, from: number): HttpRequest {
  const to = (from + 1 + (spread(number + 1) % (FUNDED_ACCOUNTS - 1))) % FUNDED_ACCOUNTS;
  return {
    method: 'POST',
    path: '/raas/v2/transferFunds',
    headers: AS_PLATFORM,
    body: JSON.stringify({
      transferFrom: fundedIdentifier(from),
      transferTo: fundedIdentifier(to),
      amount: 0.01,
      externalRefID: `benchmark-${number}`,
      transferNotes: 'a transfer of the benchmark',
    }),
  };
}

const posting = (requestOf: Workload['requestOf']): Workload => ({
  expected: [200],
  writes: { table: 'transfers', status: 200 },
  numbers: 'transfer',
  requestOf,
});

export const TRANSFERS = {
  /** Transfers between any two of the accounts. */
  'transfer/spread': posting((number) => transfer(number, spread(number) % FUNDED_ACCOUNTS)),
  /** Transfers that all debit one account. */
  'transfer/hot': posting((number) => transfer(number, 0)),
} satisfies Record<string, Workload>;
