import { DataSource } from 'typeorm';
import { AdminClient, anAdminClient, failed } from '../../support/admin.js';
import { basicOf, bearerWith, keyHeaders } from '../../support/tokens.js';
import { createWorld, type World } from '../../support/world.js';

let world: World;
let approver: AdminClient;
let second: AdminClient;

beforeAll(async () => {
  world = await createWorld();
  approver = await anAdminClient(world);
  second = await anAdminClient(world);
});
afterAll(() => world.close());

async function anOther(role: 'viewer' | 'operator' | 'approver' = 'operator') {
  const issued = await world.make.anAdmin(role);
  return { id: `adm_0_${issued.adminId ?? ''}`, client: new AdminClient(world, keyHeaders(issued)), issued };
}

/** Changes an admin by a request of one approver and the approval of another. */
async function change(id: string, body: object): Promise<void> {
  const requested = await approver.send('PATCH', `/admins/${id}`, body);
  expect(requested.status).toBe(202);
  expect((await second.post(`/approvals/${requested.body.id}/approve`)).status).toBe(200);
}

async function until(expected: number, call: () => Promise<number>): Promise<void> {
  const deadline = Date.now() + 1_000;
  while ((await call()) !== expected && Date.now() < deadline) await new Promise(setImmediate);
  expect(await call()).toBe(expected);
}

describe('Admins', () => {
  it('are listed with their roles and the use of their keys', async () => {
    const { id } = await anOther('viewer');
    const { body } = await approver.get('/admins?role=viewer');
    expect(body.items).toContainEqual(
      expect.objectContaining({ id, role: 'viewer', status: 'active', liveKeys: 1, lastUsedAt: null }),
    );
    expect((await approver.get(`/admins/${id}`)).body.id).toBe(id);
    expect((await approver.get('/admins/adm_0_999999')).status).toBe(404);
  });

  it('are disabled and enabled with an approval, effective within a second', async () => {
    const { id, client } = await anOther();
    const call = async (): Promise<number> => (await client.get('/me')).status;
    expect(await call()).toBe(200);
    await change(id, { status: 'disabled' });
    await until(401, call);
    await change(id, { status: 'active' });
    await until(200, call);
    const actions = (await approver.trailOf(id)).map(({ action }: { action: string }) => action);
    expect(actions.filter((action: string) => action === 'admin.amended')).toHaveLength(2);
  });

  it('get another role with an approval, which applies to all their keys', async () => {
    const { id, client } = await anOther('viewer');
    const scopes = async (): Promise<string[]> => (await client.get('/me')).body.scopes;
    expect(await scopes()).toEqual(['admin:read']);
    const requested = await approver.send('PATCH', `/admins/${id}`, { role: 'approver' });
    expect(requested.body.summary).toMatchObject({
      before: { role: 'viewer', status: 'active' },
      after: { role: 'approver', status: 'active' },
    });
    expect(await scopes()).toEqual(['admin:read']);
    await second.post(`/approvals/${requested.body.id}/approve`);
    await until(3, async () => (await scopes()).length);
  });

  it('are changed only at the request of an approver without a narrowed token', async () => {
    const { id } = await anOther();
    const operator = await anAdminClient(world, 'operator');
    expect(failed(await operator.send('PATCH', `/admins/${id}`, { role: 'approver' }))).toEqual([
      403,
      'scope_missing',
    ]);
    const issued = await world.make.anAdmin('approver');
    const narrowed = new AdminClient(world, await bearerWith(world, basicOf(issued), 'admin:approve'));
    expect(failed(await narrowed.send('PATCH', `/admins/${id}`, { role: 'approver' }))).toEqual([
      403,
      'authority_exceeded',
    ]);
  });

  it('are not changed by an empty body, an unknown role or an unknown status', async () => {
    const { id } = await anOther();
    for (const body of [{}, { role: 'owner' }, { status: 'gone' }])
      expect((await approver.send('PATCH', `/admins/${id}`, body)).status).toBe(400);
  });
});

describe('A rotation', () => {
  const token = async (issued: { key: string; secret: string }): Promise<AdminClient> =>
    new AdminClient(world, await bearerWith(world, basicOf(issued)));
  const rotate = (client: AdminClient, id: string, overlapSeconds: number) =>
    client.post(`/credentials/crd_0_${id}/rotate`, { overlapSeconds });

  it('without overlap ends the tokens of the previous secret at once, and not those of the new one', async () => {
    const { issued, client } = await anOther();
    const old = await token(issued);
    expect((await old.get('/me')).status).toBe(200);
    const { body } = await rotate(client, issued.id, 0);
    await until(401, async () => (await old.get('/me')).status);
    const renewed = await token({ key: issued.key, secret: body.secret });
    expect((await renewed.get('/me')).status).toBe(200);
  });

  it('with overlap keeps the tokens of the previous secret until the overlap ends', async () => {
    const { issued, client } = await anOther();
    const old = await token(issued);
    await rotate(client, issued.id, 3_600);
    const { id } = issued;
    await until(200, async () => (await old.get('/me')).status);
    await world.app
      .get(DataSource)
      .query('UPDATE credentials SET previous_secret_expires_at = now() WHERE id = $1', [id]);
    await world.make.forgetCredentials();
    expect((await old.get('/me')).status).toBe(401);
  });
});

describe('The maximum age of keys', () => {
  let aged: World;
  beforeAll(async () => {
    aged = await createWorld({ KEY_MAX_AGE_DAYS: 'owner=30,admin=7' });
  });
  afterAll(() => aged.close());

  it.each([
    ['owner', 29, 200],
    ['owner', 30, 401],
    ['platform', 3_000, 200],
    ['admin', 6, 200],
    ['admin', 7, 401],
  ] as const)('of an %s key of %d days gives %d', async (kind, days, status) => {
    const customer = await aged.make.aCustomer();
    const issued = {
      owner: () => aged.make.anOwnerKey(customer),
      platform: () => aged.make.aPlatformKey(customer.platformId),
      admin: () => aged.make.anAdmin('viewer'),
    };
    const key = await issued[kind]();
    await aged.dataSource.query('UPDATE credentials SET created_at = $2 WHERE id = $1', [
      key.id,
      new Date(Date.now() - days * 24 * 3_600_000),
    ]);
    const path = { owner: '/api/v1/accounts', platform: '/customers', admin: '/admin/me' }[kind];
    expect((await aged.send('GET', path, { headers: keyHeaders(key) })).status).toBe(status);
  });

  it('counts from the last rotation of the secret', async () => {
    const key = await aged.make.anOwnerKey(await aged.make.aCustomer());
    await aged.dataSource.query(
      `UPDATE credentials SET created_at = now() - interval '99 days', rotated_at = now(),
       previous_secret_hash = secret_hash, previous_secret_expires_at = now() WHERE id = $1`,
      [key.id],
    );
    expect((await aged.send('GET', '/api/v1/accounts', { headers: keyHeaders(key) })).status).toBe(200);
  });
});
