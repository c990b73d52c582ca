import { type AdminClient, anAdminClient, customerId } from '../support/admin.js';
import type { KeyHeaders } from '../support/factories.js';
import { basicOf, bearerWith, keyHeaders } from '../support/tokens.js';
import { createWorld, type World } from '../support/world.js';

/** The attacks that the rule of docs/security.md prevents, each as an attacker would make it. */

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const secretHashOf = async (id: string): Promise<string> => {
  const [row] = await world.dataSource.query<[{ hash: string }]>(
    `SELECT encode(secret_hash, 'hex') || COALESCE(revoked_at::text, '') AS hash FROM credentials WHERE id = $1`,
    [id],
  );
  return row.hash;
};

describe('An operator', () => {
  let operator: AdminClient;
  beforeAll(async () => {
    operator = await anAdminClient(world, 'operator');
  });

  it.each(['rotate', 'revoke'])('cannot %s the key of an approver', async (call) => {
    const approver = await world.make.anAdmin('approver');
    const before = await secretHashOf(approver.id);
    const { status, body, text } = await operator.post(`/credentials/crd_0_${approver.id}/${call}`);
    expect([status, body.code]).toEqual([403, 'authority_exceeded']);
    expect(text).not.toContain('vs_');
    expect(await secretHashOf(approver.id)).toBe(before);
  });

  it('cannot approve its own request with the key of an approver', async () => {
    const customer = await world.make.aCustomer({ countryOfResidence: 'ZA' });
    const path = `/customers/${customerId(customer)}/jurisdiction-override`;
    const { body: request } = await operator.post(path, { jurisdiction: 'DE' });
    const approver = await world.make.anAdmin('approver');
    const stolen = await operator.post(`/credentials/crd_0_${approver.id}/rotate`);
    expect(stolen.body.secret).toBeUndefined();
    expect((await operator.post(`/approvals/${request.id}/approve`)).status).toBe(403);
  });
});

describe('A narrowed token', () => {
  it('cannot rotate its own key, which is not narrowed', async () => {
    const approver = await world.make.anAdmin('approver');
    const headers = await bearerWith(world, basicOf(approver), 'admin:read admin:write');
    const call = { headers, body: { reason: 'asked for in a test' } };
    const { status, body } = await world.send('POST', `/admin/credentials/crd_0_${approver.id}/rotate`, call);
    expect([status, body.code, body.secret]).toEqual([403, 'authority_exceeded', undefined]);
  });
});

describe('A limited key of an owner', () => {
  const limits = {
    'few scopes': { scopes: ['api-keys:read', 'api-keys:write'] },
    'one currency': { allowedCurrencies: ['EUR'] },
    'one network': { allowedNetworks: ['127.0.0.0/8'] },
    'ten minutes': { expiresAt: new Date(Date.now() + 600_000) },
  };

  it.each(Object.entries(limits))('with %s neither rotates nor revokes a stronger one', async (_, limit) => {
    const { headers, strong } = await aLimitedKey(limit);
    const before = await secretHashOf(strong.id);
    const path = `/api/v1/api-keys/${strong.key}`;
    const rotated = await world.send('POST', `${path}/rotate`, { headers, body: {} });
    const revoked = await world.send('DELETE', path, { headers });
    expect([rotated.status, rotated.body.code]).toEqual([403, 'authority_exceeded']);
    expect([revoked.status, revoked.body.code]).toEqual([403, 'authority_exceeded']);
    expect(await secretHashOf(strong.id)).toBe(before);
  });

  it.each(Object.entries(limits))('with %s passes that on to each key it issues', async (_, limit) => {
    const { headers } = await aLimitedKey(limit);
    const { status, body } = await world.send('POST', '/api/v1/api-keys', {
      headers,
      body: { name: 'child' },
    });
    expect(status).toBe(201);
    const { expiresAt } = limit as { expiresAt?: Date };
    const wanted = expiresAt === undefined ? limit : { expiresAt: expiresAt.toISOString() };
    expect(body).toMatchObject(wanted);
  });

  it('is refused after its revocation, also where the server still caches it as live', async () => {
    const { headers, weak } = await aLimitedKey({});
    expect((await world.send('GET', '/api/v1/api-keys', { headers })).status).toBe(200);
    // No announcement to the change feed: another process may have revoked the key within the last second.
    await world.dataSource.query('UPDATE credentials SET revoked_at = now() WHERE id = $1', [weak.id]);
    const { status } = await world.send('POST', '/api/v1/api-keys', { headers, body: { name: 'child' } });
    expect(status).toBe(401);
  });

  async function aLimitedKey(limit: object) {
    const { platformId, id } = await world.make.aCustomer();
    const scopes = ['accounts:read', 'accounts:write', 'api-keys:read', 'api-keys:write'];
    const owner = { kind: 'owner' as const, platformId, customerId: id, scopes };
    const strong = await world.make.aCredential(owner);
    const weak = await world.make.aCredential({ ...owner, ...limit });
    const headers: KeyHeaders = keyHeaders(weak);
    return { strong, weak, headers };
  }
});
