import { ProductsService } from '../../src/products/products.service.js';
import { ChangeFeed } from '../../src/database/change-feed.service.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import type { Customer } from '../../src/entities/customer.entity.js';
import type { Workspace } from '../../src/entities/workspace.entity.js';
import { luhnCheckDigit } from '../../src/shared/ids.js';
import { BAD_BODIES, BAD_TEXT, JSON_TYPE } from '../support/bad-input.js';
import type { KeyHeaders } from '../support/factories.js';
import { duringOutage } from '../support/outage.js';
import { sendRaw } from '../support/raw-http.js';
import { until } from '../support/until.js';
import { type TestResponse, createWorld, type World } from '../support/world.js';

const USD_PRODUCT = 7;

let world: World;
let customer: Customer;
let workspace: Workspace;
let headers: KeyHeaders;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  customer = await world.make.aCustomer({ countryOfResidence: 'US' });
  workspace = await world.make.aWorkspace(customer);
  headers = await world.make.workspaceHeaders(workspace);
});

const open = (body: object = { productID: USD_PRODUCT }, more: KeyHeaders = {}): Promise<TestResponse> =>
  world.send('POST', '/accounts', { headers: { ...headers, ...more }, body });
const accountsOf = (): Promise<number> => world.count('accounts', `customer_id = ${customer.id}`);

function expectError(answer: TestResponse, status: number, errorCode: string): void {
  expect({ status: answer.status, body: answer.body }).toEqual({
    status,
    body: { errorCode, message: expect.stringMatching(/./) },
  });
}

describe('Opening a workspace account', () => {
  it('answers 200 with every documented field for the example of the contract', async () => {
    const answer = await open({ alias: 'USD Account', productID: USD_PRODUCT });
    const time = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
    const times = { createdAt: time, updatedAt: time };
    const currency = {
      id: expect.any(Number),
      code: 'USD',
      name: 'United States dollar',
      symbol: '$',
      decimals: 2,
      swiftMinimumWithdrawalAmount: '5000',
      ...times,
    };
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      id: expect.any(Number),
      code: expect.stringMatching(/^\d{12}$/),
      name: customer.displayName,
      alias: 'USD Account',
      status: 'enabled',
      type: 'CACC',
      ...times,
      edges: {
        balances: [{ id: expect.any(Number), amount: 0, ...times }],
        currency,
        product: {
          id: USD_PRODUCT,
          name: expect.any(String),
          description: expect.any(String),
          ...times,
          edges: { currency },
        },
      },
    });
    const { code } = answer.body as { code: string };
    expect(luhnCheckDigit(code.slice(0, -1))).toBe(code.slice(-1));
  });

  it('returns an empty alias when none was given', async () => {
    expect((await open()).body.alias).toBe('');
  });

  it.each([
    ['no product', {}],
    ['a product that is null', { productID: null }],
    ['a product that is text', { productID: '7' }],
    ['a product that is a fraction', { productID: 7.5 }],
    ['product 0', { productID: 0 }],
    ['a negative product', { productID: -7 }],
    ['a product beyond integers', { productID: 1e20 }],
    ['a list of products', { productID: [7] }],
    ['an alias that is a number', { productID: 7, alias: 7 }],
    ['an alias that is a list', { productID: 7, alias: ['a'] }],
    ['an alias of 101 characters', { productID: 7, alias: 'a'.repeat(101) }],
    ...BAD_TEXT.map(([name, alias]): [string, object] => [`an alias with ${name}`, { productID: 7, alias }]),
  ])('answers 400 invalid_request for %s and writes nothing', async (_name, body) => {
    expectError(await open(body), 400, 'invalid_request');
    expect(await accountsOf()).toBe(0);
  });

  it('accepts an alias of 100 code points', async () => {
    expect((await open({ productID: USD_PRODUCT, alias: '𝒜'.repeat(100) })).status).toBe(200);
  });

  it.each(BAD_BODIES)('answers 400 invalid_request for a body that is %s', async (_name, raw) => {
    const answer = await world.send('POST', '/accounts', { headers: { ...headers, ...JSON_TYPE }, raw });
    expectError(answer, 400, 'invalid_request');
    expect(await accountsOf()).toBe(0);
  });

  it.each(['pending', 'not_started', 'rejected', 'expired'] as const)(
    'needs KYC completed, not %s',
    async (kyc) => {
      await world.dataSource.query(`UPDATE customers SET kyc_status = $2 WHERE id = $1`, [customer.id, kyc]);
      expectError(await open(), 400, 'kyc_not_completed');
      expect(await accountsOf()).toBe(0);
    },
  );

  it('answers only 200, 400 and 401: a suspended holder gets 401', async () => {
    await world.dataSource.query(`UPDATE customers SET status = 'suspended' WHERE id = $1`, [customer.id]);
    expectError(await open(), 401, 'unauthorized');
  });

  it('distinguishes an unknown product from one that is not available', async () => {
    expectError(await open({ productID: 999 }), 400, 'product_not_found');
    expectError(await open({ productID: 8 }), 400, 'product_not_available');
    await changeProduct(2, `status = 'retired'`);
    expectError(await open({ productID: 2 }), 400, 'product_not_available');
    const { body } = await world.send('GET', '/products', { headers });
    expect(body.map(({ id }: { id: number }) => id)).not.toContain(2);
  });

  it('allows one account per workspace, product and alias, where a missing alias counts as one', async () => {
    expect((await open()).status).toBe(200);
    expectError(await open(), 400, 'account_already_exists');
    expectError(await open({ productID: USD_PRODUCT, alias: '' }), 400, 'account_already_exists');
    expect((await open({ productID: USD_PRODUCT, alias: 'savings' })).status).toBe(200);
    expectError(await open({ productID: USD_PRODUCT, alias: ' savings ' }), 400, 'account_already_exists');
    const other = await world.make.aWorkspace(customer);
    expect((await open(undefined, await world.make.workspaceHeaders(other))).status).toBe(200);
    expect(await accountsOf()).toBe(3);
  });

  it('never exceeds the product’s cap, also with concurrent requests', async () => {
    await changeProduct(1, 'max_accounts_per_customer = 3');
    const aliases = Array.from({ length: 20 }, (_, index) => `alias ${index}`);
    const answers = await Promise.all(aliases.map((alias) => open({ productID: 1, alias })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expectError(answer, 400, 'account_already_exists');
    }
    expect(await accountsOf()).toBe(3);
  });
});

/** Changes the row and announces it to every process, like a request of an admin. */
async function changeProduct(id: number, change: string): Promise<void> {
  await world.app.get(UnitOfWork).run(async (tx) => {
    await tx.query(`UPDATE products SET ${change} WHERE id = $1`, [id]);
    await world.app.get(ChangeFeed).announce(tx, 'products');
  });
  const products = world.app.get(ProductsService);
  const before = (await products.get(id)).updatedAt;
  await until(async () => (await products.get(id)).updatedAt !== before);
}

describe('The workspace of a call', () => {
  const IDS = [
    '0',
    '-1',
    '1e3',
    '01',
    '+1',
    '1.0',
    '9999999999999999999',
    '9007199254740993',
    'abc',
    '',
    '1 2',
    '１',
  ];

  it.each(IDS)('is malformed as %j: 400', async (id) => {
    expectError(await open(undefined, { 'workspace-id': id }), 400, 'invalid_request');
    expect(await accountsOf()).toBe(0);
  });

  it('is required exactly once', async () => {
    const { authorization = '' } = headers;
    expectError(await world.send('GET', '/accounts', { headers: { authorization } }), 400, 'invalid_request');
    await world.app.listen({ port: 0, host: '127.0.0.1' });
    const lines = [
      'GET /accounts HTTP/1.1',
      `authorization: ${authorization}`,
      `workspace-id: ${workspace.id}`,
    ];
    const url = await world.app.getUrl();
    expect((await sendRaw(url, lines)).status).toBe(200);
    expect((await sendRaw(url, [...lines, `workspace-id: ${workspace.id}`])).status).toBe(400);
    expect((await sendRaw(url, [...lines, `authorization: ${authorization}`])).status).toBe(401);
  });

  it('gets the same response whether it is another tenant’s, not the session’s, or does not exist', async () => {
    const stranger = await world.make.aWorkspace(await world.make.aCustomer());
    const sibling = await world.make.aWorkspace(customer);
    const ids = [stranger.id, sibling.id, '999999999'];
    const answers = await Promise.all(ids.map((id) => open(undefined, { 'workspace-id': id })));
    for (const answer of answers) expectError(answer, 401, 'unauthorized');
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  it('may be any of the platform for a session without a workspace', async () => {
    const { accessToken } = await world.make.aSession(customer.platformId, null);
    const authorization = `Bearer ${accessToken}`;
    expect((await open(undefined, { authorization })).status).toBe(200);
    const stranger = await world.make.aWorkspace(await world.make.aCustomer());
    const others = { authorization, 'workspace-id': stranger.id };
    expectError(await open(undefined, others), 401, 'unauthorized');
    expectError(await world.send('GET', '/accounts', { headers: others }), 401, 'unauthorized');
  });
});

describe('Reading in a workspace', () => {
  it('lists and finds only the accounts of the workspace', async () => {
    const { body: account } = await open();
    expect((await world.send('GET', '/accounts', { headers })).body).toEqual([account]);
    expect((await world.send('GET', `/accounts/${account.id}`, { headers })).body).toEqual(account);
    const others = await world.make.workspaceHeaders(await world.make.aWorkspace(customer));
    expect((await world.send('GET', '/accounts', { headers: others })).body).toEqual([]);
    expect((await world.send('GET', `/accounts/${account.id}`, { headers: others })).status).toBe(404);
  });

  it('lists products with their currency, without a Workspace-ID', async () => {
    const { authorization = '' } = headers;
    const { status, body } = await world.send('GET', '/products', { headers: { authorization } });
    expect(status).toBe(200);
    expect(body).toContainEqual(
      expect.objectContaining({
        id: USD_PRODUCT,
        edges: { currency: expect.objectContaining({ code: 'USD' }) },
      }),
    );
  });
});

describe('The workspace API as a server', () => {
  it('answers 415, 413, 404 and 405 in its own shape', async () => {
    const send = (type: string, raw: string) =>
      world.send('POST', '/accounts', { headers: { ...headers, 'content-type': type }, raw });
    expectError(await send('text/plain', '{"productID":7}'), 415, 'invalid_request');
    const large = JSON.stringify({ productID: 7, x: 'x'.repeat(64 * 1024) });
    expectError(await send('application/json', large), 413, 'invalid_request');
    expectError(await world.send('GET', '/accounts/1/x', { headers }), 404, 'invalid_request');
    expectError(await world.send('PATCH', '/accounts', { headers }), 405, 'invalid_request');
    expect(await accountsOf()).toBe(0);
  });

  it('checks in the order token, workspace, form, KYC, product, duplicate', async () => {
    const raw = '{';
    const wrong = { ...headers, ...JSON_TYPE, authorization: 'Bearer x', 'workspace-id': 'abc' };
    expect((await world.send('POST', '/accounts', { headers: wrong, raw })).status).toBe(401);
    const malformed = { ...headers, ...JSON_TYPE, 'workspace-id': 'abc' };
    expect((await world.send('POST', '/accounts', { headers: malformed, raw })).text).toContain(
      'Workspace-ID',
    );
    await world.dataSource.query(`UPDATE customers SET kyc_status = 'pending' WHERE id = $1`, [customer.id]);
    expectError(await open({}), 400, 'invalid_request');
    expectError(await open({ productID: 999 }), 400, 'kyc_not_completed');
  });

  it('answers 503 while the database is unavailable, writes nothing, and recovers by itself', async () => {
    const answer = await duringOutage(world, () => open());
    expectError(answer, 503, 'service_unavailable');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(await accountsOf()).toBe(0);
    expect((await open()).status).toBe(200);
  });
});
