import { MAX_LIVE_KEYS } from '../../src/auth/owner-keys.service.js';
import type { Customer } from '../../src/entities/customer.entity.js';
import type { KeyHeaders } from '../support/factories.js';
import { createWorld, type World } from '../support/world.js';

let world: World;
let owner: Customer;
let headers: KeyHeaders;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  owner = await world.make.aCustomer();
  headers = await world.make.ownerHeaders(owner);
});

const issue = () => world.send('POST', '/api/v1/api-keys', { headers, body: { name: 'another key' } });
const live = () => world.count('credentials', `customer_id = ${owner.id} AND revoked_at IS NULL`);

/** Issues keys until as many are missing. */
async function fillUpTo(missing: number): Promise<void> {
  while ((await live()) < MAX_LIVE_KEYS - missing) await world.make.anOwnerKey(owner);
}

describe('The live API keys of an owner', () => {
  it('are limited, also when the last two are requested at once', async () => {
    await fillUpTo(1);
    const answered = await Promise.all([issue(), issue(), issue()]);
    expect(answered.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const refused = answered.find(({ status }) => status === 409);
    expect(refused?.body.code).toBe('api_key_limit_reached');
    expect(await live()).toBe(MAX_LIVE_KEYS);
  });

  it('make room when one is revoked or has expired', async () => {
    await fillUpTo(0);
    expect((await issue()).status).toBe(409);
    const [revoked, expired] = (await world.send('GET', '/api/v1/api-keys', { headers })).body.slice(-2);
    const path = `/api/v1/api-keys/${revoked.id}`;
    expect((await world.send('DELETE', path, { headers })).status).toBe(200);
    expect((await issue()).status).toBe(201);
    expect((await issue()).status).toBe(409);
    await world.dataSource.query(
      `UPDATE credentials SET expires_at = now() - interval '1 s' WHERE key = $1`,
      [expired.id],
    );
    expect((await issue()).status).toBe(201);
  });
});
