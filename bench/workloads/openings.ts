import type { HttpRequest } from '../load/http-request.js';
import { AS_PLATFORM, asOwner } from './credentials.js';
import { CURRENCIES, customerIdentifier, OWNERS, PRODUCT_ID, ROOM_FOR_OWNER_OPENINGS } from './tenant.js';
import type { Workload } from './workload.js';

/** Whether requests have an idempotency key, as those of a client that may retry. */
type Keyed = 'keyed' | 'unkeyed';

/** One owner after the other in one currency, then in the next; each owner already has an account in the first. */
function ownerOpening(number: number, keyed: Keyed): HttpRequest {
  if (number >= ROOM_FOR_OWNER_OPENINGS)
    throw new Error(
      `the owners have room for ${ROOM_FOR_OWNER_OPENINGS} openings: measure fewer rounds or seconds`,
    );
  const currency = CURRENCIES[Math.floor(number / OWNERS) + 1];
  const headers = { ...asOwner(number % OWNERS), ...idempotencyKey(number, keyed) };
  return { method: 'POST', path: '/api/v1/accounts', headers, body: JSON.stringify({ currency }) };
}

function workspaceOpening(number: number, token: string, keyed: Keyed): HttpRequest {
  const workspaceId = String((number % OWNERS) + 1);
  return {
    method: 'POST',
    path: '/accounts',
    headers: {
      authorization: `Bearer ${token}`,
      'workspace-id': workspaceId,
      ...idempotencyKey(number, keyed),
    },
    body: JSON.stringify({ productID: PRODUCT_ID, alias: `benchmark ${number}` }),
  };
}

function platformOpening(number: number, keyed: Keyed): HttpRequest {
  return {
    method: 'POST',
    path: `/customers/${customerIdentifier(number % OWNERS)}/accounts`,
    headers: { ...AS_PLATFORM, ...idempotencyKey(number, keyed) },
    body: JSON.stringify({
      accountIdentifier: `opened-${number}`,
      displayName: `Opened account ${number}`,
      contactEmail: 'treasury@example.com',
      currencyCode: 'USD',
    }),
  };
}

function idempotencyKey(number: number, keyed: Keyed): Record<string, string> {
  return keyed === 'keyed' ? { 'idempotency-key': `benchmark-${number}` } : {};
}

/** Number of consecutive requests of a storm for the same account: more than any run sends. */
const STORM = 10_000_000;

/** All connections open the same account, in the last currency: one gets 201, the rest 409. */
function stormOpening(number: number): HttpRequest {
  const currency = CURRENCIES.at(-1);
  const headers = asOwner(Math.floor(number / STORM));
  return { method: 'POST', path: '/api/v1/accounts', headers, body: JSON.stringify({ currency }) };
}

/** @param status of a successful opening in its API */
const opening = (numbers: string, requestOf: Workload['requestOf'], status = 201): Workload => ({
  expected: [status],
  writes: { table: 'accounts', status },
  numbers,
  requestOf,
});

function workspaceOpenings(keyed: Keyed): Workload {
  return opening('workspace', (number, token) => workspaceOpening(number, token, keyed), 200);
}

export const OPENINGS = {
  'opening/owner': opening('owner', (number) => ownerOpening(number, 'keyed')),
  'opening/owner-unkeyed': opening('owner', (number) => ownerOpening(number, 'unkeyed')),
  'opening/workspace': workspaceOpenings('keyed'),
  'opening/workspace-unkeyed': workspaceOpenings('unkeyed'),
  'opening/platform': opening('platform', (number) => platformOpening(number, 'keyed')),
  'opening/platform-unkeyed': opening('platform', (number) => platformOpening(number, 'unkeyed')),
  'opening/storm': { ...opening('storm', stormOpening), expected: [201, 409], sameRequest: STORM },
} satisfies Record<string, Workload>;
