import { LastUse } from '../../../src/auth/last-use.service.js';
import type { Customer } from '../../../src/entities/customer.entity.js';
import { Clock } from '../../../src/shared/clock.js';
import { isInNetworks, isNetwork } from '../../../src/shared/networks.js';
import {
  type AdminClient,
  approved,
  collected,
  customerId,
  type TwoAdmins,
  twoAdmins,
} from '../../support/admin.js';
import type { KeyHeaders } from '../../support/factories.js';
import { createWorld, type World } from '../../support/world.js';

let world: World;
let admins: TwoAdmins;
let admin: AdminClient;
let customer: Customer;

beforeAll(async () => {
  world = await createWorld();
  admins = await twoAdmins(world);
  admin = admins.requester;
});
afterAll(() => world.close());
beforeEach(async () => {
  customer = await world.make.aCustomer();
});

const headersOf = ({ key, secret }: { key: string; secret: string }): KeyHeaders => ({
  'x-api-key': key,
  'x-api-secret': secret,
});
const statusWith = async (headers: KeyHeaders): Promise<number> =>
  (await world.send('GET', '/api/v1/accounts', { headers })).status;
const wanted = (body: object = {}): object => ({
  kind: 'owner',
  name: 'back office',
  customer: customerId(customer),
  ...body,
});
const request = (body: object = {}) => admin.post('/credentials', wanted(body));
/** Requests a credential, approves and collects it. Resolves to the credential with its secret. */
async function issue(body: object = {}) {
  const { approval, key, secret } = await collected(admins, '/credentials', wanted(body));
  const { items } = (await admin.get(`/credentials?key=${key}`)).body;
  return { approval, body: { ...items[0], secret } };
}
const rotate = async (id: string, body: object = {}) => ({
  body: await collected(admins, `/credentials/${id}/rotate`, body),
});

async function until(expected: number, headers: KeyHeaders): Promise<number> {
  const began = Date.now();
  while ((await statusWith(headers)) !== expected) {
    if (Date.now() - began > 2_000) throw new Error(`no ${expected} within 2 s`);
    await new Promise(setImmediate);
  }
  return Date.now() - began;
}

describe('A credential that an admin issues', () => {
  it('works, and shows its secret once, to its requester', async () => {
    const { approval, body } = await issue();
    expect(await statusWith(headersOf(body))).toBe(200);
    const shown = await admin.get(`/credentials/${body.id}`);
    expect(shown.body).toMatchObject({
      key: body.key,
      kind: 'owner',
      state: 'live',
      customer: customerId(customer),
    });
    expect(shown.text).not.toContain(body.secret);
    const again = await admin.post(`/approvals/${approval}/secret`);
    expect([again.status, again.body.state]).toEqual([409, 'collected']);
    expect((await admin.get(`/approvals/${approval}`)).text).not.toContain(body.secret);
    for (const table of ['audit_entries', 'approval_requests', 'credentials'])
      expect(await world.count(`${table} t`, `t::text LIKE '%${body.secret}%'`)).toBe(0);
  });

  it('gives its secret only to its requester, not to the approver', async () => {
    const { id } = await approved(admins, '/credentials', wanted());
    const taken = await admins.approver.post(`/approvals/${id}/secret`);
    expect([taken.status, taken.body.code]).toEqual([403, 'requester_required']);
    expect((await admin.post(`/approvals/${id}/secret`)).status).toBe(200);
  });

  it('returns the same secret again with the same Idempotency-Key', async () => {
    const { id } = await approved(admins, '/credentials', wanted());
    const key = { 'idempotency-key': 'collect-1' };
    const first = await admin.post(`/approvals/${id}/secret`, {}, key);
    const second = await admin.post(`/approvals/${id}/secret`, {}, key);
    expect([first.headers['cache-control'], second.text]).toEqual(['no-store', first.text]);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(await world.count('credentials', `customer_id = ${customer.id}`)).toBe(1);
  });

  it('is requested once with one Idempotency-Key', async () => {
    const key = { 'idempotency-key': 'issue-1' };
    const first = await admin.post('/credentials', wanted(), key);
    const second = await admin.post('/credentials', wanted(), key);
    expect([first.status, second.text]).toEqual([202, first.text]);
  });

  it('is limited to its scopes', async () => {
    const { body } = await issue({ scopes: ['accounts:read'] });
    const headers = headersOf(body);
    expect(await statusWith(headers)).toBe(200);
    const opened = await world.send('POST', '/api/v1/accounts', { headers, body: { currency: 'ZAR' } });
    expect(opened.status).toBe(403);
  });

  it('opens accounts in its allowed currencies only', async () => {
    const { body } = await issue({ allowedCurrencies: ['EUR'] });
    const open = (currency: string) =>
      world.send('POST', '/api/v1/accounts', { headers: headersOf(body), body: { currency } });
    const refused = await open('ZAR');
    expect([refused.status, refused.body.code]).toEqual([403, 'currency_not_allowed']);
    expect((await open('EUR')).status).toBe(201);
  });

  it('is valid from its allowed networks only', async () => {
    const near = await issue({ allowedNetworks: ['127.0.0.0/8'] });
    const far = await issue({ allowedNetworks: ['192.0.2.0/24', '2001:db8::/32'] });
    expect(await statusWith(headersOf(near.body))).toBe(200);
    expect(await statusWith(headersOf(far.body))).toBe(401);
  });

  it('ends at its expiresAt', async () => {
    const end = new Date(Date.now() + 60_000);
    const { body } = await issue({ expiresAt: end.toISOString() });
    expect(await statusWith(headersOf(body))).toBe(200);
    const clock = jest.spyOn(world.app.get(Clock), 'now').mockReturnValue(end);
    try {
      expect(await statusWith(headersOf(body))).toBe(401);
      expect((await admin.get(`/credentials/${body.id}`)).body.state).toBe('expired');
    } finally {
      clock.mockRestore();
    }
  });

  it.each([
    ['no customer', { customer: undefined }],
    ['a customer that is no id', { customer: 'somebody' }],
    ['an unknown scope', { scopes: ['admin:write'] }],
    ['a network that is none', { allowedNetworks: ['192.0.2.0'] }],
    ['an end in the past', { expiresAt: '2020-01-01T00:00:00Z' }],
    ['an unknown kind', { kind: 'admin' }],
    ['no reason', { reason: undefined }],
    ['an emoji for a name', { name: 'key 🔑' }],
  ])('is refused with %s', async (_what, change) => {
    expect((await request(change)).status).toBe(400);
    expect(await world.count('credentials', `customer_id = ${customer.id}`)).toBe(0);
  });

  it('is refused for a customer that does not exist', async () => {
    expect((await request({ customer: 'cus_1_999999' })).status).toBe(404);
  });

  it('shows when it was last used', async () => {
    const { body } = await issue();
    expect(body.lastUsedAt).toBeNull();
    await statusWith(headersOf(body));
    await world.app.get(LastUse).flush();
    const { lastUsedAt } = (await admin.get(`/credentials/${body.id}`)).body;
    expect(Date.now() - Date.parse(lastUsedAt)).toBeLessThan(5_000);
  });

  it('grants access to the platform API when it is a platform’s', async () => {
    const { key, secret } = await collected(admins, '/credentials', {
      kind: 'platform',
      name: 'integration',
      platform: `plt_${customer.platformId}`,
    });
    const { status } = await world.send('GET', '/customers', { headers: headersOf({ key, secret }) });
    expect(status).toBe(200);
  });
});

describe('A rotation', () => {
  it('keeps two secrets valid during the overlap, and one after it', async () => {
    const { body: first } = await issue();
    const { body: second } = await rotate(first.id, { overlapSeconds: 1 });
    expect(second.secret).not.toBe(first.secret);
    await until(200, headersOf(second));
    expect(await statusWith(headersOf(first))).toBe(200);
    await until(401, headersOf(first));
    expect(await statusWith(headersOf(second))).toBe(200);
  });

  it('ends the second-last secret at once', async () => {
    const { body: first } = await issue();
    const { body: second } = await rotate(first.id);
    const { body: third } = await rotate(first.id);
    await until(200, headersOf(third));
    expect([await statusWith(headersOf(first)), await statusWith(headersOf(second))]).toEqual([401, 200]);
  });

  it('with an overlap of 0 ends the previous secret at once', async () => {
    const { body: first } = await issue();
    await rotate(first.id, { overlapSeconds: 0 });
    await until(401, headersOf(first));
  });
});

describe('A revocation', () => {
  it('takes effect within a second, also for tokens, and cannot be undone', async () => {
    const { key, secret, id } = await world.make.aPlatformKey(customer.platformId);
    const basic = { authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}` };
    const token = await world.send('POST', '/oauth/token', {
      headers: { ...basic, 'content-type': 'application/x-www-form-urlencoded' },
      raw: 'grant_type=client_credentials',
    });
    const bearer = { authorization: `Bearer ${token.body.access_token}` };
    const call = async () => (await world.send('GET', '/customers', { headers: bearer })).status;
    expect(await call()).toBe(200);
    const name = `crd_${customer.platformId}_${id}`;
    expect((await admin.post(`/credentials/${name}/revoke`)).body.state).toBe('revoked');
    const began = Date.now();
    while ((await call()) === 200 && Date.now() - began < 1_000) await new Promise(setImmediate);
    expect(await call()).toBe(401);
    expect((await admin.post(`/credentials/${name}/rotate`)).status).toBe(409);
    expect((await admin.post(`/credentials/${name}/revoke`)).status).toBe(409);
  });
});

describe('An owner’s own keys', () => {
  const keys = (method: string, path = '', headers: KeyHeaders = {}, body?: object) =>
    world.send(method, `/api/v1/api-keys${path}`, { headers, body });

  it('can be issued, listed, rotated and revoked by the owner, also while KYC is pending', async () => {
    customer = await world.make.aCustomer({ kycStatus: 'pending' });
    const mine = await world.make.ownerHeaders(customer);
    const issued = await keys('POST', '', mine, { name: 'phone', scopes: ['api-keys:read'] });
    expect(issued.status).toBe(201);
    const headers = headersOf(issued.body);
    expect((await keys('GET', '', headers)).body.map(({ name }: { name: string }) => name)).toContain(
      'phone',
    );
    expect((await keys('POST', '', headers, { name: 'more' })).status).toBe(403);
    const rotated = await keys('POST', `/${issued.body.id}/rotate`, mine, { overlapSeconds: 0 });
    expect(rotated.body.secret).not.toBe(issued.body.secret);
    const revoked = await keys('DELETE', `/${issued.body.id}`, mine);
    expect(revoked.body.revokedAt).toEqual(expect.any(String));
    expect(revoked.text).not.toContain('secret"');
  });

  it('grant no more than the calling key has', async () => {
    const { body } = await issue({ scopes: ['accounts:read', 'api-keys:write'], allowedCurrencies: ['EUR'] });
    const mine = headersOf(body);
    expect((await keys('POST', '', mine, { name: 'more', scopes: ['accounts:write'] })).status).toBe(403);
    expect((await keys('POST', '', mine, { name: 'more', allowedCurrencies: ['ZAR'] })).status).toBe(403);
    const issued = await keys('POST', '', mine, { name: 'same' });
    expect(issued.body).toMatchObject({
      scopes: ['accounts:read', 'api-keys:write'],
      allowedCurrencies: ['EUR'],
    });
  });

  it('are visible to their owner only: another owner’s key does not exist', async () => {
    const mine = await world.make.ownerHeaders(customer);
    const neighbour = await world.make.aCustomer({ platformId: customer.platformId });
    const stranger = await world.make.aCustomer();
    for (const other of [neighbour, stranger]) {
      const { key: name } = await world.make.anOwnerKey(other);
      expect((await keys('DELETE', `/${name}`, mine)).status).toBe(404);
      expect((await keys('POST', `/${name}/rotate`, mine, {})).status).toBe(404);
    }
    const { id, platformId } = await world.make.anOwnerKey(neighbour);
    for (const name of ['nonsense', `crd_${platformId}_${id}`])
      expect((await keys('DELETE', `/${name}`, mine)).status).toBe(404);
    const platformKey = await world.make.aPlatformKey(customer.platformId);
    expect((await keys('DELETE', `/${platformKey.key}`, mine)).status).toBe(404);
  });
});

describe('A network', () => {
  it.each(['192.0.2.0/24', '0.0.0.0/0', '10.1.2.3/32', '2001:db8::/32', '::/0'])('is valid as %s', (text) => {
    expect(isNetwork(text)).toBe(true);
  });

  it.each(['192.0.2.0', '192.0.2.0/33', '300.0.0.0/8', '2001:db8::/129', '/8', 'a/8', '192.0.2.0/-1', ''])(
    'is not valid as %j',
    (text) => {
      expect(isNetwork(text)).toBe(false);
    },
  );

  it.each([
    ['192.0.2.7', ['192.0.2.0/24'], true],
    ['192.0.3.7', ['192.0.2.0/24'], false],
    ['::ffff:192.0.2.7', ['192.0.2.0/24'], true],
    ['2001:db8::1', ['192.0.2.0/24', '2001:db8::/32'], true],
    ['2001:db9::1', ['2001:db8::/32'], false],
    ['nonsense', ['0.0.0.0/0'], false],
    ['192.0.2.7', [], false],
  ])('%s in %j: %s', (address, networks, expected) => {
    expect(isInNetworks(address, networks)).toBe(expected);
  });
});
