import { type AdminClient, anAdminClient } from '../support/admin.js';
import type { KeyHeaders } from '../support/factories.js';
import { until } from '../support/until.js';
import { createWorld, type TestResponse, type World, worldOn } from '../support/world.js';

const LIMIT = 5;
/** Refusals of each API, by the code of its contract. */
const TOO_MANY = {
  owner: ['/api/v1/accounts', { code: 'rate_limited' }],
  workspace: ['/accounts', { errorCode: 'rate_limited' }],
  platform: ['/customers', { i18nKey: '429.001' }],
  admin: ['/admin/me', { code: 'rate_limited' }],
} as const;

let world: World;
let admin: AdminClient;
afterEach(() => world.close());

async function begin(limits: string, more: Record<string, string> = {}): Promise<void> {
  world = await createWorld({ RATE_LIMITS: limits, ...more });
  admin = await anAdminClient(world);
}

const get = (path: string, headers: KeyHeaders) => world.send('GET', path, { headers });

const anOwnersHeaders = async () => world.make.ownerHeaders(await world.make.aCustomer());
const aPlatformsHeaders = async () => world.make.platformHeaders((await world.make.aPlatform()).id);

/** Statuses of calls one after the other. */
async function statuses(calls: number, call: () => Promise<{ status: number }>): Promise<number[]> {
  const answered: number[] = [];
  for (let index = 0; index < calls; index++) answered.push((await call()).status);
  return answered;
}

function limitOf({ headers }: Pick<TestResponse, 'headers'>, name: string): string | undefined {
  return String(headers.ratelimit)
    .split(', ')
    .find((limit) => limit.startsWith(`"${name}"`));
}

describe('A credential beyond its limit', () => {
  beforeEach(() => begin(`credential=${LIMIT}/60s`));

  it.each(Object.keys(TOO_MANY) as (keyof typeof TOO_MANY)[])(
    'is refused in the shape of the %s API, with the limits in the headers',
    async (api) => {
      const [path, body] = TOO_MANY[api];
      const { [api]: headers } = await world.make.headersOfEveryApi();
      const first = await get(path, headers);
      expect(first.status).toBe(200);
      expect(first.headers['ratelimit-policy']).toBe(`"address";q=100000;w=10, "credential";q=${LIMIT};w=60`);
      expect(limitOf(first, 'credential')).toBe(`"credential";r=${LIMIT - 1};t=60`);
      await statuses(LIMIT - 1, () => get(path, headers));
      const refused = await get(path, headers);
      expect([refused.status, refused.body]).toEqual([429, expect.objectContaining(body)]);
      expect(limitOf(refused, 'credential')).toMatch(/^"credential";r=0;t=(59|60)$/);
      expect(refused.headers['retry-after']).toMatch(/^(59|60)$/);
      const { [api]: another } = await world.make.headersOfEveryApi();
      expect((await get(path, another)).status).toBe(200);
    },
  );

  it('opens no account, also with a token of the credential, and is answered by health checks', async () => {
    const headers = await aPlatformsHeaders();
    const granted = await world.send('POST', '/oauth/token', {
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      raw: 'grant_type=client_credentials',
    });
    expect(granted.status).toBe(200);
    await statuses(LIMIT - 1, () => get('/customers', headers));
    const bearer = { authorization: `Bearer ${granted.body.access_token}` };
    const before = await world.count('customers');
    const refused = await world.send('POST', '/customers', { headers: bearer, body: {} });
    expect([refused.status, await world.count('customers')]).toEqual([429, before]);
    expect((await get('/health/live', bearer)).status).toBe(200);
  });

  it('may have a limit of its own, which an admin changes and the audit trail states', async () => {
    const headers = await anOwnersHeaders();
    const { items } = (await admin.get(`/credentials?key=${headers['x-api-key']}`)).body;
    const path = `/credentials/${items[0].id}`;
    expect(items[0].rateLimit).toBeNull();
    const changed = await admin.send('PUT', `${path}/rate-limit`, { requests: 2, windowSeconds: 30 });
    expect([changed.status, changed.body.rateLimit]).toEqual([200, { requests: 2, windowSeconds: 30 }]);
    expect((await admin.trailOf(items[0].id))[0]).toMatchObject({
      action: 'credential.rate_limited',
      after: { rateLimit: { limit: 2, windowSeconds: 30 } },
    });
    const answered = await get('/api/v1/accounts', headers);
    expect(limitOf(answered, 'credential')).toBe('"credential";r=1;t=30');
    expect(await statuses(2, () => get('/api/v1/accounts', headers))).toEqual([200, 429]);
    const reset = await admin.send('PUT', `${path}/rate-limit`, { requests: null });
    expect([reset.status, reset.body.rateLimit]).toEqual([200, null]);
    await until(async () => (await get('/api/v1/accounts', headers)).status === 200);
  });

  it('has no limit of its own as an admin or once revoked, and none that is no number', async () => {
    const headers = await anOwnersHeaders();
    const idOf = async ({ 'x-api-key': key = '' }: KeyHeaders) =>
      (await admin.get(`/credentials?key=${key}`)).body.items[0].id as string;
    const put = (id: string, body: object) => admin.send('PUT', `/credentials/${id}/rate-limit`, body);
    const ofAdmin = await put(await idOf(admin.headers), { requests: 1 });
    expect([ofAdmin.status, ofAdmin.body.code]).toEqual([403, 'authority_exceeded']);
    admin = await anAdminClient(world);
    const id = await idOf(headers);
    expect((await put(id, { requests: 0 })).status).toBe(400);
    admin = await anAdminClient(world);
    expect((await admin.post(`/credentials/${id}/revoke`)).status).toBe(200);
    const revoked = await put(id, { requests: 1 });
    expect([revoked.status, revoked.body.code]).toEqual([409, 'transition_not_allowed']);
  });
});

describe('An address beyond its limit', () => {
  beforeEach(() => begin(`address=${LIMIT}/60s`, { TRUST_PROXY: '127.0.0.1' }));

  it('is refused before it is authenticated; another address is not, and a /64 is one address', async () => {
    const from = (address: string) =>
      get('/api/v1/accounts', { 'x-forwarded-for': address, 'x-api-key': 'none', 'x-api-secret': 'none' });
    const beyond = [...Array<number>(LIMIT).fill(401), 429];
    expect(await statuses(LIMIT + 1, () => from('192.0.2.1'))).toEqual(beyond);
    expect((await from('192.0.2.2')).status).toBe(401);
    let host = 0;
    expect(await statuses(LIMIT + 1, () => from(`2001:db8:0:1::${++host}`))).toEqual(beyond);
    expect((await from('2001:db8:0:2::1')).status).toBe(401);
    const refused = await from('192.0.2.1');
    expect(limitOf(refused, 'address')).toMatch(/^"address";r=0;t=\d+$/);
    expect((await get('/metrics', {})).text).toMatch(/vostro_requests_refused_total\{reason="address"\} 3\b/);
  });
});

describe('Failed authentications', () => {
  const wrong = (headers: KeyHeaders): KeyHeaders => ({ ...headers, 'x-api-secret': 'vs_wrong' });
  const list = (headers: KeyHeaders, address: string) =>
    get('/api/v1/accounts', { ...headers, 'x-forwarded-for': address });
  let known: KeyHeaders;
  let fresh: KeyHeaders;

  async function beginWith(limits: string): Promise<void> {
    await begin(limits, { TRUST_PROXY: '127.0.0.1' });
    [known, fresh] = [await anOwnersHeaders(), await anOwnersHeaders()];
    expect((await list(known, '192.0.2.1')).status).toBe(200);
  }

  it('of a key are limited at an address; its owner elsewhere and other keys there are let in', async () => {
    await beginWith(`failed-key=${LIMIT}/60s`);
    const fail = () => list(wrong(fresh), '192.0.2.1');
    expect(await statuses(LIMIT + 1, fail)).toEqual([...Array<number>(LIMIT).fill(401), 429]);
    // Also with the right secret: its acceptance would tell it from the wrong ones.
    expect((await list(fresh, '192.0.2.1')).status).toBe(429);
    expect((await list(fresh, '192.0.2.2')).status).toBe(200);
    expect((await list(await anOwnersHeaders(), '192.0.2.1')).status).toBe(200);
  });

  it('of an address are limited; a credential that was let in before still is', async () => {
    await beginWith(`failed-authentication=${LIMIT}/60s`);
    let key = 0;
    const fail = () => list({ 'x-api-key': `key-${++key}`, 'x-api-secret': 'none' }, '192.0.2.1');
    expect(await statuses(LIMIT + 1, fail)).toEqual([...Array<number>(LIMIT).fill(401), 429]);
    expect((await list(fresh, '192.0.2.1')).status).toBe(429);
    expect((await list(known, '192.0.2.1')).status).toBe(200);
    expect((await list(fresh, '192.0.2.2')).status).toBe(200);
    expect((await list({}, '192.0.2.1')).status).toBe(429);
  });

  it('of the same key are counted for tokens and HTTP Basic as well', async () => {
    await beginWith(`failed-key=${LIMIT}/60s`);
    const basic = { authorization: `Basic ${Buffer.from(`${fresh['x-api-key']}:wrong`).toString('base64')}` };
    const token = { authorization: 'Bearer no-token' };
    const call = (headers: KeyHeaders) => get('/customers', { ...headers, 'x-forwarded-for': '192.0.2.1' });
    for (const headers of [basic, token])
      expect((await statuses(LIMIT + 1, () => call(headers))).slice(-2)).toEqual([401, 429]);
    const encoded = `${(fresh['x-api-key'] ?? '').replaceAll('_', '%5F')}:wrong`;
    expect((await call({ authorization: `Basic ${Buffer.from(encoded).toString('base64')}` })).status).toBe(
      429,
    );
  });
});

describe('Test deliveries of webhooks', () => {
  it('are limited per platform', async () => {
    await begin('webhook-test=1/60s');
    const platform = await world.make.aPlatform();
    const created = await admin.post('/webhooks', {
      platform: `plt_${platform.id}`,
      url: 'https://receiver.invalid/',
    });
    expect(created.status).toBe(201);
    const test = () => admin.post(`/webhooks/${created.body.id}/test`);
    expect((await test()).status).toBe(200);
    const refused = await test();
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited']);
    expect(refused.headers['retry-after']).toMatch(/^(59|60)$/);
  });
});

describe('Two processes', () => {
  it('share the count of a credential', async () => {
    await begin('credential=100/60s');
    const other = await worldOn(
      { url: world.databaseUrl, drop: () => Promise.resolve() },
      {
        RATE_LIMITS: 'credential=100/60s',
      },
    );
    try {
      const headers = await anOwnersHeaders();
      const call = (index: number) =>
        (index % 2 === 0 ? world : other).send('GET', '/api/v1/accounts', { headers });
      let index = 0;
      const answered = await statuses(120, () => call(index++));
      const accepted = answered.filter((status) => status === 200).length;
      expect(answered.filter((status) => status === 429)).toHaveLength(120 - accepted);
      // 2 % of the limit in each process, and the report that is under way.
      expect(accepted).toBeGreaterThanOrEqual(100);
      expect(accepted).toBeLessThanOrEqual(108);
    } finally {
      await other.close();
    }
  });
});
