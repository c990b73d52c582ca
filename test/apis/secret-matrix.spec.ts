import { ADMIN_ROLES, type AdminRole } from '../../src/entities/admin.entity.js';
import type { IssuedCredential } from '../../src/auth/credential-administration.service.js';
import type { Customer } from '../../src/entities/customer.entity.js';
import { API_NAMES, callsIn, type Part, readDocument, resolve } from '../support/api-documents.js';
import type { KeyHeaders } from '../support/factories.js';
import { basicOf, bearerWith, keyHeaders } from '../support/tokens.js';
import { createWorld, type World } from '../support/world.js';

/** The part of this file that covers an operation that returns or ends a secret. */

/** The part of this file that covers an operation that returns or ends a secret. */
const COVERED: Record<string, 'owner keys' | 'admin' | 'own session' | 'own token' | 'sandbox'> = {
  'owner issueApiKey': 'owner keys',
  'owner rotateApiKey': 'owner keys',
  'owner revokeApiKey': 'owner keys',
  'workspace refreshTokens': 'own session',
  'workspace logOut': 'own session',
  'admin endSession': 'admin',
  'platform getAccessToken': 'own token',
  'admin requestCredential': 'admin',
  'admin rotateCredential': 'admin',
  'admin revokeCredential': 'admin',
  'admin requestSession': 'admin',
  'admin collectSecret': 'admin',
  'admin createWebhook': 'admin',
  'admin rotateWebhookSecret': 'admin',
  // The sandbox token belongs to the bank itself; the operation creates platforms with credentials of their own.
  'sandbox makePlatform': 'sandbox',
};

const SECRET_FIELDS = new Set([
  'secret',
  'accessToken',
  'refreshToken',
  'access_token',
  'apiSecret',
  'sealed',
]);
/** A rate limit is no secret: integration/rate-limits tests its authority. */
const SECRET_PATH = /(credential|api-key|session|secret|token)(?!.*\/rate-limit$)/;

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

describe('Every operation that returns or ends a secret', () => {
  const found = API_NAMES.flatMap((api) => {
    const document = readDocument(api);
    return callsIn(document)
      .filter((call) => call.method !== 'get')
      .filter((call) => SECRET_PATH.test(call.path) || returnsSecret(document, call.operation))
      .map(({ operation }) => `${api} ${operation.operationId as string}`);
  });

  it('is covered here, and a new one must be added', () => {
    expect(found.sort()).toEqual(Object.keys(COVERED).sort());
  });
});

/** Whether a successful response has a field that holds a secret, at any depth. */
function returnsSecret(document: Part, operation: Part): boolean {
  const successful = Object.entries<Part>(operation.responses).filter(([status]) => status.startsWith('2'));
  const seen = new Set<Part>();
  const holdsSecret = (part: Part): boolean => {
    const schema = resolve(document, part);
    if (typeof schema !== 'object' || schema === null || seen.has(schema)) return false;
    seen.add(schema);
    const names = Object.keys(schema.properties ?? {});
    return names.some((name) => SECRET_FIELDS.has(name)) || Object.values<Part>(schema).some(holdsSecret);
  };
  return successful.some(([, response]) => holdsSecret(response));
}

describe('A key of an owner', () => {
  const LIMITS = {
    scopes: [
      ['accounts:read', 'accounts:write', 'api-keys:read', 'api-keys:write'],
      ['api-keys:read', 'api-keys:write'],
    ],
    allowedCurrencies: [null, ['EUR']],
    allowedNetworks: [null, ['127.0.0.0/8']],
    expiresAt: [null, new Date(Date.now() + 600_000)],
  } as const;
  const NAMES = Object.keys(LIMITS) as (keyof typeof LIMITS)[];
  const COMBINATIONS = Array.from({ length: 2 ** NAMES.length }, (_, number) => number);
  const isLimited = (combination: number, place: number): boolean => (combination & (1 << place)) !== 0;
  const limitsOf = (combination: number): Record<string, unknown> =>
    Object.fromEntries(
      NAMES.map((name, place) => [name, LIMITS[name][isLimited(combination, place) ? 1 : 0]]),
    );
  /** The target has every limit of the caller. */
  const isWithin = (target: number, caller: number): boolean => (caller & ~target) === 0;
  const told = (combination: number): string =>
    NAMES.filter((_, place) => isLimited(combination, place)).join('+') || 'nothing';

  const aKey = ({ platformId, id }: Customer, combination: number): Promise<IssuedCredential> =>
    world.make.aCredential({ kind: 'owner', platformId, customerId: id, ...limitsOf(combination) });

  it.each(COMBINATIONS.map((caller) => [told(caller), caller] as const))(
    'limited by %s issues, rotates and revokes just what allows no more',
    async (_, caller) => {
      const customer = await world.make.aCustomer();
      const headers = keyHeaders(await aKey(customer, caller));
      for (const target of COMBINATIONS) {
        const expected = isWithin(target, caller);
        const context = `${told(caller)} on ${told(target)}`;
        const issued = await world.send('POST', '/api/v1/api-keys', {
          headers,
          body: { name: 'child', ...limitsOf(target) },
        });
        // `null` requests no limit: that of the caller is inherited.
        const inherited = isLimited(caller, 0) && !isLimited(target, 0) ? 403 : 201;
        expect([context, 'issue', issued.status]).toEqual([context, 'issue', inherited]);
        if (issued.status === 201) expectLimits(issued.body, caller | target);
        const key = await aKey(customer, target);
        const path = `/api/v1/api-keys/${key.key}`;
        const before = await rowOf(key);
        const rotated = await world.send('POST', `${path}/rotate`, { headers, body: {} });
        expect([context, 'rotate', rotated.status]).toEqual([context, 'rotate', expected ? 200 : 403]);
        if (!expected) expect([rotated.body.code, await rowOf(key)]).toEqual(['authority_exceeded', before]);
        const revoked = await world.send('DELETE', path, { headers });
        expect([context, 'revoke', revoked.status]).toEqual([context, 'revoke', expected ? 200 : 403]);
        if (!expected) expect(await rowOf(key)).toEqual(before);
      }
    },
  );

  it.each([
    ['a wider network', { allowedNetworks: ['126.0.0.0/7'] }],
    ['another network', { allowedNetworks: ['127.0.0.0/8', '10.0.0.0/8'] }],
    ['every IPv6 address, which holds IPv4 too', { allowedNetworks: ['::/0'] }],
    ['another currency', { allowedCurrencies: ['EUR', 'USD'] }],
    ['a later end', { expiresAt: new Date(Date.now() + 700_000).toISOString() }],
  ])('limited by everything does not issue one with %s', async (_, more) => {
    const headers = keyHeaders(await aKey(await world.make.aCustomer(), 15));
    const { status, body } = await world.send('POST', '/api/v1/api-keys', {
      headers,
      body: { name: 'child', ...more },
    });
    expect([status, body.code, body.errors[0].path]).toEqual([
      403,
      'authority_exceeded',
      Object.keys(more)[0],
    ]);
  });

  it.each([
    ['a smaller network', { allowedNetworks: ['127.0.0.0/16'] }],
    ['an IPv4-mapped network', { allowedNetworks: ['::ffff:127.0.0.0/104'] }],
    ['no currency', { allowedCurrencies: [] }],
    ['an earlier end', { expiresAt: new Date(Date.now() + 60_000).toISOString() }],
  ])('limited by everything issues one with %s', async (_, less) => {
    const headers = keyHeaders(await aKey(await world.make.aCustomer(), 15));
    const { status, body } = await world.send('POST', '/api/v1/api-keys', {
      headers,
      body: { name: 'child', ...less },
    });
    expect([status, body]).toMatchObject([201, less]);
  });

  function expectLimits(body: Record<string, unknown>, combination: number): void {
    const { expiresAt, ...limits } = limitsOf(combination) as { expiresAt: Date | null };
    expect(body).toMatchObject({ ...limits, expiresAt: expiresAt?.toISOString() ?? null });
  }
});

async function rowOf({ id }: Pick<IssuedCredential, 'id'>): Promise<unknown> {
  const [row] = await world.dataSource.query<[unknown]>(
    `SELECT encode(secret_hash, 'hex') AS hash, revoked_at, rotated_at FROM credentials WHERE id = $1`,
    [id],
  );
  return row;
}

/** How an admin presents its credential; the last way narrows it. */
const PRESENTED = {
  key: async (admin: IssuedCredential): Promise<KeyHeaders> => Promise.resolve(keyHeaders(admin)),
  'whole token': (admin: IssuedCredential): Promise<KeyHeaders> => bearerWith(world, basicOf(admin)),
  'narrowed token': (admin: IssuedCredential): Promise<KeyHeaders> =>
    bearerWith(world, basicOf(admin), 'admin:write'),
} as const;
type Presented = keyof typeof PRESENTED;

const SCOPES: Record<AdminRole, number> = { viewer: 1, operator: 2, approver: 3 };
const CALLERS = ADMIN_ROLES.flatMap((role) =>
  (Object.keys(PRESENTED) as Presented[])
    // A viewer has one scope only, so its token cannot be narrowed.
    .filter((how) => role !== 'viewer' || how !== 'narrowed token')
    .map((how) => ({ role, how })),
);

describe.each(CALLERS)('An admin with the role $role, by $how', ({ role, how }) => {
  const mayWrite = SCOPES[role] >= 2;
  const isNarrowed = how === 'narrowed token';
  const isApprover = role === 'approver' && !isNarrowed;
  const OTHERS = ADMIN_ROLES.map((other) => `another ${other}` as const);
  const TARGETS = ['its own', 'its own without limits', ...OTHERS, 'a customer', 'a platform'] as const;
  type Target = (typeof TARGETS)[number];

  /** The expected response to rotating or revoking the target's credential. */
  function expected(target: Target, call: 'rotate' | 'revoke'): [status: number, code?: string] {
    if (!mayWrite) return [403, 'scope_missing'];
    if (target === 'a customer' || target === 'a platform') return call === 'rotate' ? [202] : [200];
    if (target === 'its own') return isNarrowed ? [403, 'authority_exceeded'] : [200];
    if (target === 'its own without limits') return [403, 'authority_exceeded'];
    return isApprover ? [202] : [403, 'authority_exceeded'];
  }

  async function credentialsFor(target: Target): Promise<{ caller: IssuedCredential; of: IssuedCredential }> {
    const admin = await world.make.anAdmin(role);
    const customer = await world.make.aCustomer();
    if (target === 'its own') return { caller: admin, of: admin };
    if (target === 'a customer') return { caller: admin, of: await world.make.anOwnerKey(customer) };
    if (target === 'a platform')
      return { caller: admin, of: await world.make.aPlatformKey(customer.platformId) };
    if (target !== 'its own without limits')
      return { caller: admin, of: await world.make.anAdmin(target.replace('another ', '') as AdminRole) };
    const { platformId, adminId, scopes } = admin;
    const limited = { kind: 'admin' as const, platformId, adminId, scopes, allowedNetworks: ['127.0.0.0/8'] };
    return { caller: await world.make.aCredential(limited), of: admin };
  }

  it.each(TARGETS.flatMap((target) => [['rotate', target] as const, ['revoke', target] as const]))(
    'is answered to %s the credential of %s as the rule says',
    async (call, target) => {
      const { caller, of } = await credentialsFor(target);
      const before = await rowOf(of);
      const headers = await PRESENTED[how](caller);
      const path = `/admin/credentials/crd_${of.platformId}_${of.id}/${call}`;
      const { status, body, text } = await world.send('POST', path, { headers, body: { reason: 'a test' } });
      const [wanted, code] = expected(target, call);
      expect([status, body.code]).toEqual([wanted, code]);
      expect(text.includes('"secret":"vs_')).toBe(wanted === 200 && call === 'rotate');
      if (wanted !== 200) expect(await rowOf(of)).toEqual(before);
    },
  );

  it('requests credentials and sessions, and receives no secret from the request', async () => {
    const headers = await PRESENTED[how](await world.make.anAdmin(role));
    const customer = await world.make.aCustomer();
    const { platformId, id } = await world.make.aWorkspace(customer);
    const owner = { kind: 'owner', customer: `cus_${customer.platformId}_${customer.id}` };
    const calls = [
      ['/admin/credentials', { name: 'a key', ...owner }],
      ['/admin/credentials', { name: 'a key', kind: 'platform', platform: `plt_${platformId}` }],
      [`/admin/workspaces/wsp_${platformId}_${id}/sessions`, {}],
    ] as const;
    for (const [path, body] of calls) {
      const answer = await world.send('POST', path, { headers, body: { ...body, reason: 'a test' } });
      expect(answer.status).toBe(mayWrite ? 202 : 403);
      expect(answer.text).not.toMatch(/vs_|vrt_|"accessToken"/);
    }
    expect(await world.count('credentials', `customer_id = ${customer.id}`)).toBe(0);
    expect(await world.count('sessions', `workspace_id = ${id}`)).toBe(0);
  });

  it('ends sessions only with the scope to write', async () => {
    const headers = await PRESENTED[how](await world.make.anAdmin(role));
    const { platformId, id } = await world.make.aWorkspace(await world.make.aCustomer());
    const { sessionId } = await world.make.aSession(platformId, id);
    const path = `/admin/sessions/ses_${platformId}_${sessionId}/end`;
    const ended = await world.send('POST', path, { headers, body: { reason: 'a test' } });
    expect(ended.status).toBe(mayWrite ? 200 : 403);
  });

  it('manages webhook secrets only with the scope to write', async () => {
    const headers = await PRESENTED[how](await world.make.anAdmin(role));
    const platform = await world.make.aPlatform();
    const body = { platform: `plt_${platform.id}`, url: 'https://hooks.example/', reason: 'a test' };
    const created = await world.send('POST', '/admin/webhooks', { headers, body });
    expect(created.status).toBe(mayWrite ? 201 : 403);
    const { body: webhook } = mayWrite
      ? created
      : await world.send('POST', '/admin/webhooks', { headers: await world.make.adminHeaders(), body });
    const path = `/admin/webhooks/${webhook.id as string}/rotate-secret`;
    const rotated = await world.send('POST', path, { headers, body: { reason: 'a test' } });
    expect(rotated.status).toBe(mayWrite ? 200 : 403);
  });
});

describe('A token', () => {
  it('expires with the credential that it was obtained with', async () => {
    const { platformId } = await world.make.aCustomer();
    const soon = new Date(Date.now() + 60_000);
    const limited = { kind: 'platform' as const, platformId, scopes: ['accounts:read'], expiresAt: soon };
    const { status, body } = await world.send('POST', '/oauth/token', {
      headers: {
        ...basicOf(await world.make.aCredential(limited)),
        'content-type': 'application/x-www-form-urlencoded',
      },
      raw: 'grant_type=client_credentials',
    });
    expect([status, body.scope]).toEqual([200, 'accounts:read']);
    expect(body.expires_in).toBeLessThanOrEqual(60);
    const [, claims = ''] = String(body.access_token).split('.');
    const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { exp: number };
    expect(exp * 1_000).toBeLessThanOrEqual(soon.getTime());
  });
});
