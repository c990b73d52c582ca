import { toTenantId } from '../../src/shared/object-id.js';
import type { Headers } from './factories.js';
import type { Answer, World } from './world.js';

export const REASON = 'asked for in a test';

/** An admin who calls the admin API. */
export class AdminClient {
  constructor(
    private readonly world: World,
    readonly headers: Headers,
  ) {}

  get(path: string): Promise<Answer> {
    return this.world.send('GET', `/admin${path}`, { headers: this.headers });
  }

  /** With the reason that every act needs, unless the body has one. */
  post(path: string, body: object = {}, more: Headers = {}): Promise<Answer> {
    return this.send('POST', path, body, more);
  }

  send(method: string, path: string, body: object = {}, more: Headers = {}): Promise<Answer> {
    return this.world.send(method, `/admin${path}`, {
      headers: { ...this.headers, ...more },
      body: { reason: REASON, ...body },
    });
  }

  /** What an account has, in major units. */
  async balanceOf(account: string): Promise<[posted: number, locked: number]> {
    const { body } = await this.get(`/accounts/${account}`);
    return [body.posted, body.locked];
  }

  /** The newest entries about an object, newest first. */
  async trailOf(objectId: string): Promise<Answer['body'][]> {
    return (await this.get(`/audit?object=${objectId}`)).body.items;
  }
}

export async function anAdminClient(
  world: World,
  role: 'viewer' | 'operator' | 'approver' = 'approver',
): Promise<AdminClient> {
  return new AdminClient(world, await world.make.adminHeaders(role));
}

/** A refusal: its status and its code. */
export const failed = ({ status, body }: Answer): unknown[] => [status, body.code];

/** The fields that a refusal names. */
export const fieldsOf = ({ body }: Answer): string[] =>
  (body.errors as { path: string }[]).map(({ path }) => path);

interface Named {
  platformId: string;
  id: string;
}

export const customerId = ({ platformId, id }: Named): string => toTenantId('cus', platformId, id);
export const caseId = ({ platformId, id }: Named): string => toTenantId('kyc', platformId, id);
