import { toTenantId } from '../../src/shared/object-id.js';
import type { KeyHeaders } from './factories.js';
import type { TestResponse, World } from './world.js';

export const REASON = 'asked for in a test';

/** A client of the admin API. */
export class AdminClient {
  constructor(
    private readonly world: World,
    readonly headers: KeyHeaders,
  ) {}

  get(path: string): Promise<TestResponse> {
    return this.world.send('GET', `/admin${path}`, { headers: this.headers });
  }

  /** Sends the reason that every act needs, unless the body has one. */
  post(path: string, body: object = {}, more: KeyHeaders = {}): Promise<TestResponse> {
    return this.send('POST', path, body, more);
  }

  send(method: string, path: string, body: object = {}, more: KeyHeaders = {}): Promise<TestResponse> {
    return this.world.send(method, `/admin${path}`, {
      headers: { ...this.headers, ...more },
      body: { reason: REASON, ...body },
    });
  }

  /** The balances of an account, in major units. */
  async balanceOf(account: string): Promise<[posted: number, locked: number]> {
    const { body } = await this.get(`/accounts/${account}`);
    return [body.posted, body.locked];
  }

  /** The newest audit entries of an object, newest first. */
  async trailOf(objectId: string): Promise<TestResponse['body'][]> {
    return (await this.get(`/audit?object=${objectId}`)).body.items;
  }
}

export async function anAdminClient(
  world: World,
  role: 'viewer' | 'operator' | 'approver' = 'approver',
): Promise<AdminClient> {
  return new AdminClient(world, await world.make.adminHeaders(role));
}

/** Two admins: one requests, the other approves. */
export interface TwoAdmins {
  requester: AdminClient;
  approver: AdminClient;
}

export async function twoAdmins(world: World): Promise<TwoAdmins> {
  const [requester, approver] = [await anAdminClient(world, 'operator'), await anAdminClient(world)];
  return { requester, approver };
}

/** Requests by a POST and approves it. Resolves to the approved request. @throws when either is refused */
export async function approved(
  { requester, approver }: TwoAdmins,
  path: string,
  body: object = {},
): Promise<TestResponse['body']> {
  const requested = await requester.post(path, body);
  if (requested.status !== 202) throw new Error(`the request was answered ${requested.text}`);
  const decided = await approver.post(`/approvals/${requested.body.id}/approve`);
  if (decided.status !== 200) throw new Error(`the approval was answered ${decided.text}`);
  return decided.body;
}

/** Calls `approved`, then collects the secret as the requester. Resolves to the secret. */
export async function collected(
  admins: TwoAdmins,
  path: string,
  body: object = {},
): Promise<TestResponse['body']> {
  const { id } = await approved(admins, path, body);
  const { status, text, body: secret } = await admins.requester.post(`/approvals/${id}/secret`);
  if (status !== 200) throw new Error(`the collection was answered ${text}`);
  return secret;
}

/** The status and code of a refusal. */
export const failed = ({ status, body }: TestResponse): unknown[] => [status, body.code];

/** The fields that a refusal names. */
export const fieldsOf = ({ body }: TestResponse): string[] =>
  (body.errors as { path: string }[]).map(({ path }) => path);

interface Named {
  platformId: string;
  id: string;
}

export const customerId = ({ platformId, id }: Named): string => toTenantId('cus', platformId, id);
export const caseId = ({ platformId, id }: Named): string => toTenantId('kyc', platformId, id);
