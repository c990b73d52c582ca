import type { HttpRequest } from '../load/http-request.js';
import { AS_ADMIN } from './credentials.js';
import { customerIdentifier, FUNDED_ACCOUNTS, OWNERS, PLATFORM_ID } from './tenant.js';
import type { Workload } from './workload.js';

/** Lines per request: enough to keep the server's window of concurrent lines full. */
const LINES = 1_000;

function openingLine(number: number): object {
  return {
    idempotencyKey: `bulk-opening-${number}`,
    reason: 'benchmark',
    channel: 'platform',
    platform: `plt_${PLATFORM_ID}`,
    customerIdentifier: customerIdentifier(number % OWNERS),
    accountIdentifier: `bulk-${number}`,
    displayName: `Opened account ${number}`,
    contactEmail: 'treasury@example.com',
    currencyCode: 'USD',
  };
}

/** Each transfer credits the account three places after the debited one. */
function transferLine(number: number): object {
  const account = (place: number): string => `acc_${PLATFORM_ID}_${OWNERS + 1 + (place % FUNDED_ACCOUNTS)}`;
  return {
    idempotencyKey: `bulk-transfer-${number}`,
    reason: 'benchmark',
    from: account(number * 7),
    to: account(number * 7 + 3),
    amount: 0.01,
  };
}

function callOf(path: string, number: number, line: (number: number) => object): HttpRequest {
  const lines = Array.from({ length: LINES }, (_, index) => JSON.stringify(line(number * LINES + index)));
  const headers = { ...AS_ADMIN, 'content-type': 'application/x-ndjson' };
  return { method: 'POST', path, headers, body: `${lines.join('\n')}\n` };
}

export const BULK = {
  'bulk/opening': {
    expected: [200],
    writes: { table: 'accounts', status: 200, rows: LINES },
    numbers: 'bulk-opening',
    requestOf: (number) => callOf('/admin/accounts/bulk', number, openingLine),
  },
  'bulk/transfer': {
    expected: [200],
    writes: { table: 'transfers', status: 200, rows: LINES },
    numbers: 'bulk-transfer',
    requestOf: (number) => callOf('/admin/transfers/bulk', number, transferLine),
  },
} satisfies Record<string, Workload>;
