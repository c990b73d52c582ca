import type { Customer } from '../../src/entities/customer.entity.js';
import type { KeyHeaders } from '../support/factories.js';
import { type TestResponse, createWorld, type World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

interface Api {
  path: string;
  headers: KeyHeaders;
  /** Different bodies, each of which opens another account. */
  bodies: [object, object];
  created: number;
  reused: [status: number, code: string];
}

const APIS: Record<string, (customer: Customer) => Promise<Api>> = {
  owner: async (customer) => ({
    path: '/api/v1/accounts',
    headers: await world.make.ownerHeaders(customer),
    bodies: [{ currency: 'USD' }, { currency: 'EUR' }],
    created: 201,
    reused: [409, 'idempotency_key_reused'],
  }),
  workspace: async (customer) => ({
    path: '/accounts',
    headers: await world.make.workspaceHeaders(await world.make.aWorkspace(customer)),
    bodies: [{ productID: 7 }, { productID: 7, alias: 'other' }],
    created: 200,
    reused: [400, 'idempotency_key_reused'],
  }),
  platform: async (customer) => ({
    path: `/customers/${customer.identifier}/accounts`,
    headers: await world.make.platformHeaders(customer.platformId),
    bodies: ['first', 'second'].map((name) => ({
      accountIdentifier: `${name}-${customer.identifier}`,
      displayName: `${name} account`,
      contactEmail: 'a@example.com',
    })) as [object, object],
    created: 201,
    reused: [409, '409.001'],
  }),
};

describe.each(Object.entries(APIS))('An Idempotency-Key in the %s API', (_name, prepare) => {
  let api: Api;
  let customer: Customer;
  beforeEach(async () => {
    customer = await world.make.aCustomer({ countryOfResidence: 'GB' });
    api = await prepare(customer);
  });

  const send = (key: string, body: object = api.bodies[0], headers = api.headers): Promise<TestResponse> =>
    world.send('POST', api.path, { headers: { ...headers, 'idempotency-key': key }, body });
  const accounts = (): Promise<number> => world.count('accounts', `customer_id = ${customer.id}`);

  it('replays the first response byte for byte, with Idempotent-Replayed', async () => {
    const first = await send('key');
    const second = await send('key');
    expect([first.status, second.status]).toEqual([api.created, api.created]);
    expect(second.text).toBe(first.text);
    expect(second.headers['content-type']).toBe(first.headers['content-type']);
    expect(first.headers['idempotent-replayed']).toBeUndefined();
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(await accounts()).toBe(1);
  });

  it('is refused for another request', async () => {
    await send('key');
    const answer = await send('key', api.bodies[1]);
    const [status, code] = api.reused;
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(code);
    expect(await accounts()).toBe(1);
  });

  it('replays a refusal, also when its cause is gone', async () => {
    await world.dataSource.query(`UPDATE customers SET kyc_status = 'pending' WHERE id = $1`, [customer.id]);
    const first = await send('key');
    await world.dataSource.query(`UPDATE customers SET kyc_status = 'approved' WHERE id = $1`, [customer.id]);
    const second = await send('key');
    expect(first.status).toBeGreaterThanOrEqual(400);
    expect([second.status, second.text]).toEqual([first.status, first.text]);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(await accounts()).toBe(0);
    expect((await send('another')).status).toBe(api.created);
  });

  it('replays the refusal of a duplicate', async () => {
    await send('one');
    const first = await send('two');
    const second = await send('two');
    expect(first.status).toBeGreaterThanOrEqual(400);
    expect(second.text).toBe(first.text);
    expect(second.headers['idempotent-replayed']).toBe('true');
  });

  it('stays unused after an invalid body', async () => {
    expect((await send('key', {})).status).toBe(400);
    expect((await send('key')).status).toBe(api.created);
  });

  it('is separate for each credential', async () => {
    await send('key');
    const other = await prepare(customer);
    const answer = await send('key', api.bodies[0], other.headers);
    expect(answer.headers['idempotent-replayed']).toBeUndefined();
  });

  it('expires after 24 hours', async () => {
    await send('key');
    await world.dataSource.query(`UPDATE idempotency_records SET expires_at = now() WHERE platform_id = $1`, [
      customer.platformId,
    ]);
    expect((await send('key', api.bodies[1])).status).toBe(api.created);
    expect(await accounts()).toBe(2);
  });

  it.each(['', ' ', 'a b', 'ä', 'x'.repeat(256)])('is refused as %j', async (key) => {
    expect((await send(key)).status).toBe(400);
    expect(await accounts()).toBe(0);
  });

  it('has its response stored sealed', async () => {
    const { text } = await send('key');
    const [row] = await world.dataSource.query<[{ receipt: Buffer }]>(
      `SELECT receipt FROM idempotency_records WHERE platform_id = $1`,
      [customer.platformId],
    );
    expect(row.receipt.toString('latin1')).not.toContain(text.slice(1, 12));
  });
});
