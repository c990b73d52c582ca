import type { HttpRequest } from '../load/http-request.js';
import { AS_ADMIN, AS_PLATFORM, type CredentialHeaders } from './credentials.js';
import { fundedIdentifier } from './tenant.js';
import type { Workload } from './workload.js';

/** A position far after the first page, among the accounts that exist at every size. */
const DEEP_CURSOR = Buffer.from('after:15000').toString('base64url');

function list(path: string, headers: CredentialHeaders): Workload {
  const request: HttpRequest = { method: 'GET', path, headers };
  return { expected: [200], writes: null, numbers: 'list', requestOf: () => request };
}

/** Pages and searches whose cost must not depend on the number of accounts. */
export const LISTS = {
  'list/admin-newest': list('/admin/accounts?limit=25', AS_ADMIN),
  'list/admin-filtered': list(
    '/admin/accounts?limit=25&channel=platform&currency=USD&status=active',
    AS_ADMIN,
  ),
  'list/admin-search': list(`/admin/accounts?accountIdentifier=${fundedIdentifier(77)}`, AS_ADMIN),
  'list/platform-first': list('/raas/v2/accounts?paginate=true&maxResults=25', AS_PLATFORM),
  'list/platform-deep': list(
    `/raas/v2/accounts?paginate=true&maxResults=25&cursor=${DEEP_CURSOR}`,
    AS_PLATFORM,
  ),
} satisfies Record<string, Workload>;
