import type { IssuedCredential } from '../../src/auth/credential-administration.service.js';
import type { Customer } from '../../src/entities/customer.entity.js';
import { AdminClient, anAdminClient } from '../support/admin.js';
import type { KeyHeaders } from '../support/factories.js';
import { basicOf, keyHeaders } from '../support/tokens.js';
import { createWorld, type World } from '../support/world.js';

let world: World;
let customer: Customer;
interface Line {
  event: { action: string; reason: string };
  labels?: { credential: string };
}
let lines: Line[];

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  customer = await world.make.aCustomer();
  lines = [];
  const { log } = world.app.getHttpAdapter().getInstance();
  jest.spyOn(log, 'warn').mockImplementation((line: unknown) => {
    lines.push(line as Line);
  });
});
afterEach(() => jest.restoreAllMocks());

const ownerKey = (with_: object = {}): Promise<IssuedCredential> =>
  world.make.aCredential({
    kind: 'owner',
    platformId: customer.platformId,
    customerId: customer.id,
    scopes: ['accounts:read'],
    ...with_,
  });
const list = (headers: KeyHeaders) => world.send('GET', '/api/v1/accounts', { headers });

async function countOf(action: string, reason: string): Promise<number> {
  const { text } = await world.send('GET', '/metrics');
  const name = `vostro_security_events_total{action="${action}",reason="${reason}"}`;
  const line = text.split('\n').find((candidate) => candidate.startsWith(name));
  return Number(line?.split(' ').at(-1) ?? 0);
}

interface Attempt {
  reason: string;
  make: () => Promise<{ headers: KeyHeaders; credential?: string }>;
}

const nameOf = ({ platformId, id }: IssuedCredential): string => `crd_${platformId}_${id}`;

const ATTEMPTS: Attempt[] = [
  {
    reason: 'unknown_key',
    make: () =>
      Promise.resolve({ headers: keyHeaders({ key: 'vk_1_unknown', secret: 'vs_secret-that-leaks' }) }),
  },
  {
    reason: 'wrong_secret',
    make: async () => {
      const key = await ownerKey();
      return {
        headers: keyHeaders({ key: key.key, secret: 'vs_secret-that-leaks' }),
        credential: nameOf(key),
      };
    },
  },
  {
    reason: 'revoked_key',
    make: async () => {
      const key = await ownerKey();
      await world.make.revoke({ platformId: key.platformId, id: key.id });
      return { headers: keyHeaders(key), credential: nameOf(key) };
    },
  },
  {
    reason: 'expired_key',
    make: async () => {
      const key = await ownerKey({ expiresAt: new Date(Date.now() - 1) });
      return { headers: keyHeaders(key), credential: nameOf(key) };
    },
  },
  {
    reason: 'foreign_network',
    make: async () => {
      const key = await ownerKey({ allowedNetworks: ['192.0.2.0/24'] });
      return { headers: keyHeaders(key), credential: nameOf(key) };
    },
  },
  {
    reason: 'other_api',
    make: async () => {
      const key = await world.make.aPlatformKey(customer.platformId);
      return { headers: keyHeaders(key), credential: nameOf(key) };
    },
  },
];

describe('A failed authentication', () => {
  it.each(ATTEMPTS)('is logged and counted with its reason: $reason', async ({ reason, make }) => {
    const { headers, credential } = await make();
    const before = await countOf('authentication-failed', reason);
    const { status, headers: answered, text } = await list(headers);
    expect(status).toBe(401);
    expect(text).not.toContain(reason);
    expect(lines).toEqual([
      {
        event: {
          kind: 'event',
          category: ['authentication'],
          type: ['denied'],
          action: 'authentication-failed',
          outcome: 'failure',
          reason,
        },
        source: { ip: '127.0.0.1' },
        http: { request: { id: answered['x-request-id'], method: 'GET' }, route: '/api/v1/accounts' },
        ...(credential === undefined ? {} : { labels: { credential } }),
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain('that-leaks');
    expect(await countOf('authentication-failed', reason)).toBe(before + 1);
  });

  it('is also recorded for bearer and refresh tokens', async () => {
    const session = await world.make.aSession(customer.platformId, null);
    const bearer = (token: string): KeyHeaders => ({ authorization: `Bearer ${token}` });
    await world.send('GET', '/products', { headers: bearer(`${session.accessToken}x`) });
    await world.send('POST', '/sessions/tokens', { headers: bearer(session.refreshToken.value) });
    await world.send('POST', '/sessions/tokens', { headers: bearer(session.refreshToken.value) });
    const reasons = lines.map(({ event }) => event.reason);
    expect(reasons).toEqual(['invalid_token', 'used_refresh_token']);
  });

  it('is not recorded for a call without credentials', async () => {
    expect((await list({})).status).toBe(401);
    expect((await world.send('GET', '/admin/me')).status).toBe(401);
    expect(lines.filter(({ labels }) => labels !== undefined)).toEqual([]);
  });
});

describe('A refused authorization', () => {
  it('is logged with the caller, and counted', async () => {
    const key = await ownerKey();
    const before = await countOf('authorization-denied', 'scope_missing');
    await world.send('POST', '/api/v1/accounts', { headers: keyHeaders(key), body: { currency: 'EUR' } });
    expect(lines).toMatchObject([
      {
        event: { action: 'authorization-denied', category: ['iam'], reason: 'scope_missing' },
        user: { id: nameOf(key) },
        labels: { credential: nameOf(key) },
      },
    ]);
    expect(await countOf('authorization-denied', 'scope_missing')).toBe(before + 1);
  });

  it('of an admin is on the audit trail', async () => {
    const admin = await world.make.anAdmin('operator');
    const operator = new AdminClient(world, keyHeaders(admin));
    const target = await world.make.anAdmin('approver');
    await operator.post(`/credentials/crd_0_${target.id}/rotate`);
    const viewer = await anAdminClient(world, 'viewer');
    const [entry] = await viewer.trailOf(`adm_0_${admin.adminId ?? ''}`);
    expect(entry).toMatchObject({
      action: 'admin.call_refused',
      outcome: 'refused',
      after: {
        code: 'authority_exceeded',
        method: 'POST',
        route: '/admin/credentials/:id/rotate',
        sourceIp: '127.0.0.1',
      },
    });
  });

  it('of an unauthenticated caller is not on the audit trail, which such callers must not fill', async () => {
    const before = await world.count('audit_entries');
    await world.send('GET', '/admin/me', { headers: basicOf({ key: 'vk_0_unknown', secret: 'vs_x' }) });
    expect(await world.count('audit_entries')).toBe(before);
  });
});

it('A forged callback of a KYC provider is a security event', async () => {
  await world.send('POST', '/kyc/callbacks/acme', {
    headers: {
      'content-type': 'application/json',
      'webhook-id': 'msg-1',
      'webhook-timestamp': String(Math.floor(Date.now() / 1_000)),
      'webhook-signature': 'v1,AAAA',
    },
    raw: '{}',
  });
  expect(lines).toMatchObject([{ event: { action: 'callback-forged', reason: 'signature_invalid' } }]);
});
