import { systemContext } from '../../src/audit/audit-context.js';
import { CurrenciesService } from '../../src/currencies/currencies.service.js';
import { Customer } from '../../src/entities/customer.entity.js';
import { until } from '../support/until.js';
import { BAD_BODIES, BAD_TEXT, JSON_TYPE, NOT_TEXT } from '../support/bad-input.js';
import type { KeyHeaders } from '../support/factories.js';
import { duringOutage } from '../support/outage.js';
import { sendRaw } from '../support/raw-http.js';
import { type TestResponse, createWorld, type World } from '../support/world.js';

const ACCOUNTS = '/api/v1/accounts';
const ACT = systemContext('test', 'a test');

let world: World;
let customer: Customer;
let headers: KeyHeaders;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  customer = await world.make.aCustomer();
  headers = await world.make.ownerHeaders(customer);
});

const open = (currency: unknown, more: KeyHeaders = {}): Promise<TestResponse> =>
  world.send('POST', ACCOUNTS, { headers: { ...headers, ...more }, body: { currency } });
const get = (path = ''): Promise<TestResponse> => world.send('GET', `${ACCOUNTS}${path}`, { headers });
const accountsOf = (): Promise<number> => world.count('accounts', `customer_id = ${customer.id}`);

function expectProblem(answer: TestResponse, status: number, code: string): void {
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  expect({ status: answer.status, ...answer.body }).toMatchObject({
    status,
    code,
    type: `urn:vostro:error:${code}`,
    title: expect.any(String),
    detail: expect.any(String),
    instance: expect.stringMatching(/^\/api\/v1/),
    requestId: answer.headers['x-request-id'],
  });
}

describe('Opening an owner account', () => {
  it('answers 201 with every documented field for the example of the contract', async () => {
    const answer = await open('ZAR');
    expect(answer.status).toBe(201);
    const id = expect.stringMatching(/^acc_[0-9A-Z]{6,}$/);
    expect(answer.body).toEqual({ id, currency: 'ZAR', balance: 0, lockedBalance: 0 });
    expect(await accountsOf()).toBe(1);
  });

  it('accepts the code in any case and returns it in upper case', async () => {
    expect((await open('zAr')).body.currency).toBe('ZAR');
    expect((await open('btc')).body.currency).toBe('BTC');
  });

  it('ignores unknown fields', async () => {
    const answer = await world.send('POST', ACCOUNTS, {
      headers,
      body: { currency: 'ZAR', colour: { a: [1] } },
    });
    expect(answer.status).toBe(201);
  });

  it.each(['ZA', 'ZARR', 'Z4R', '', ' ZAR', 'ZAR ', '€', '123456789012'])(
    'answers 400 for the code %j',
    async (code) => {
      const answer = await open(code);
      expect(answer.status).toBe(400);
      expect(answer.body.status).toBe(400);
      expect(await accountsOf()).toBe(0);
    },
  );

  it.each([...NOT_TEXT, ...BAD_TEXT])(
    'answers 400 with the field for %s and writes nothing',
    async (_name, value) => {
      const answer = await open(value);
      expectProblem(answer, 400, 'validation_failed');
      expect(answer.body.errors).toMatchObject([{ path: 'currency' }]);
      expect(await accountsOf()).toBe(0);
    },
  );

  it('answers 400 when the currency is missing', async () => {
    const answer = await world.send('POST', ACCOUNTS, { headers, body: {} });
    expectProblem(answer, 400, 'validation_failed');
    expect(answer.body.errors).toEqual([{ path: 'currency', code: 'required', message: 'is required' }]);
  });

  it.each(BAD_BODIES)('answers 400 for a body that is %s and writes nothing', async (_name, raw) => {
    const answer = await world.send('POST', ACCOUNTS, { headers: { ...headers, ...JSON_TYPE }, raw });
    expectProblem(answer, 400, 'body_malformed');
    expect(await accountsOf()).toBe(0);
  });

  it.each(['XQZ', 'JPY', 'XXX'])(
    'answers 404 for %s: unknown, or not enabled in the owner’s jurisdiction',
    async (code) => {
      expectProblem(await open(code), 404, 'currency_not_available');
      expect(await accountsOf()).toBe(0);
    },
  );

  it('answers 404 for a currency disabled bank-wide, and hides the account in it', async () => {
    const { body } = await open('EUR');
    const currencies = world.app.get(CurrenciesService);
    await currencies.setEnabled('EUR', false, { audit: ACT, claim: null });
    await until(async () => (await open('EUR')).status === 404, {
      what: 'the refusal of a disabled currency',
    });
    try {
      expectProblem(await open('EUR'), 404, 'currency_not_available');
      expect((await get()).body).toEqual([]);
      expectProblem(await get(`/${body.id}`), 404, 'account_not_found');
      expectProblem(await get('/currency/EUR'), 404, 'account_not_found');
    } finally {
      await currencies.setEnabled('EUR', true, { audit: ACT, claim: null });
    }
  });

  it.each([
    ['the override before all', { jurisdictionOverride: 'GB', countryOfResidence: 'ZA' }, 'JPY', 201],
    ['the residence before the platform’s home', { countryOfResidence: 'ZA' }, 'JPY', 404],
    ['the platform’s home when nothing else is known', { countryOfResidence: null }, 'JPY', 201],
    ['nothing in a country that is not configured', { countryOfResidence: 'FR' }, 'EUR', 404],
  ])('uses %s', async (_name, where, currency, status) => {
    customer = await world.make.aCustomer(where);
    headers = await world.make.ownerHeaders(customer);
    expect((await open(currency)).status).toBe(status);
  });

  it('answers 409 with the account that exists, in its four documented fields', async () => {
    const { body: first } = await open('ZAR');
    const answer = await open('ZAR');
    expectProblem(answer, 409, 'account_exists');
    expect(answer.body).toMatchObject(first);
    expect(await accountsOf()).toBe(1);
  });
});

describe('Authentication of the owner API', () => {
  it.each([
    ['no header', () => ({})],
    ['no secret', () => ({ 'x-api-key': headers['x-api-key'] ?? '' })],
    ['no key', () => ({ 'x-api-secret': headers['x-api-secret'] ?? '' })],
    ['an unknown key', () => ({ ...headers, 'x-api-key': `vk_${customer.platformId}_unknown` })],
    ['a key of no form', () => ({ ...headers, 'x-api-key': '💥' })],
    ['a wrong secret', () => ({ ...headers, 'x-api-secret': 'vs_wrong' })],
  ])('gets the same 401 with %s', async (_name, given) => {
    const answer = await world.send('POST', ACCOUNTS, { headers: given(), body: { currency: 'ZAR' } });
    expectProblem(answer, 401, 'credentials_invalid');
    expect(answer.headers['www-authenticate']).toBeDefined();
    expect(await accountsOf()).toBe(0);
  });

  it('refuses a revoked key within a second', async () => {
    const { key, secret, id } = await world.make.anOwnerKey(customer);
    const call = () => world.send('GET', ACCOUNTS, { headers: { 'x-api-key': key, 'x-api-secret': secret } });
    expect((await call()).status).toBe(200);
    await world.make.revoke({ platformId: customer.platformId, id });
    const deadline = Date.now() + 1_000;
    while ((await call()).status === 200 && Date.now() < deadline) await new Promise(setImmediate);
    expectProblem(await call(), 401, 'credentials_invalid');
  });

  it('refuses an expired key', async () => {
    const { key, secret, id } = await world.make.anOwnerKey(customer);
    await world.dataSource.query(`UPDATE credentials SET expires_at = now() WHERE id = $1`, [id]);
    const answer = await world.send('GET', ACCOUNTS, {
      headers: { 'x-api-key': key, 'x-api-secret': secret },
    });
    expectProblem(answer, 401, 'credentials_invalid');
  });

  it.each([
    ['kyc_not_approved', { kycStatus: 'pending' }],
    ['kyc_not_approved', { kycStatus: 'not_started' }],
    ['kyc_not_approved', { kycStatus: 'rejected' }],
    ['kyc_not_approved', { kycStatus: 'expired' }],
    ['customer_suspended', { status: 'suspended' }],
  ] as const)('is refused with 403 %s when %p', async (code, state) => {
    customer = await world.make.aCustomer(state);
    headers = await world.make.ownerHeaders(customer);
    expectProblem(await open('ZAR'), 403, code);
    expectProblem(await get(), 403, code);
    expectProblem(await world.send('GET', '/api/v1/currencies', { headers }), 403, code);
    expect(await accountsOf()).toBe(0);
  });

  it('is refused with 403 without the scope of the call', async () => {
    headers = await world.make.ownerHeaders(customer, ['accounts:read']);
    expectProblem(await open('ZAR'), 403, 'scope_missing');
    expect((await get()).status).toBe(200);
  });

  it('is refused in the order credentials, form, KYC, currency, duplicate', async () => {
    const bad = { headers: { ...headers, ...JSON_TYPE, 'x-api-secret': 'wrong' }, raw: '{' };
    expect((await world.send('POST', ACCOUNTS, bad)).status).toBe(401);
    customer = await world.make.aCustomer({ kycStatus: 'pending' });
    headers = await world.make.ownerHeaders(customer);
    expect((await open('not a code')).status).toBe(400);
    expect((await open('XQZ')).status).toBe(403);
  });

  it('refuses a repeated credential header', async () => {
    await world.app.listen({ port: 0, host: '127.0.0.1' });
    const url = await world.app.getUrl();
    const { 'x-api-key': key = '', 'x-api-secret': secret = '' } = headers;
    const line = `GET ${ACCOUNTS} HTTP/1.1`;
    const once = await sendRaw(url, [line, `x-api-key: ${key}`, `x-api-secret: ${secret}`]);
    const twice = await sendRaw(url, [
      line,
      `x-api-key: ${key}`,
      `x-api-key: ${key}`,
      `x-api-secret: ${secret}`,
    ]);
    expect([once.status, twice.status]).toEqual([200, 401]);
    const keys = ['idempotency-key: a', 'idempotency-key: b', 'content-type: application/json'];
    const post = [`POST ${ACCOUNTS} HTTP/1.1`, `x-api-key: ${key}`, `x-api-secret: ${secret}`, ...keys];
    expect((await sendRaw(url, post, '{"currency":"ZAR"}')).status).toBe(400);
    expect(await accountsOf()).toBe(0);
  });
});

describe('Reading owner accounts', () => {
  it('lists accounts, and finds one by id or by currency', async () => {
    const { body: zar } = await open('ZAR');
    const { body: btc } = await open('BTC');
    expect((await get()).body).toEqual([zar, btc]);
    expect((await get(`/${zar.id}`)).body).toEqual(zar);
    expect((await get('/currency/btc')).body).toEqual(btc);
  });

  it('returns balances as exact numbers of major units: available, and locked', async () => {
    const { body: zar } = await open('ZAR');
    const { body: btc } = await open('BTC');
    const set = (id: string, posted: string, locked: string) =>
      world.dataSource.query(
        `UPDATE balances SET posted_minor = $2, locked_minor = $3
         WHERE account_id = (SELECT id FROM accounts WHERE public_id = $1)`,
        [id, posted, locked],
      );
    await set(zar.id, '250050', '50');
    await set(btc.id, '999999999999999', '1');
    expect((await get(`/${zar.id}`)).body).toMatchObject({ balance: 2500, lockedBalance: 0.5 });
    const { text } = await get(`/${btc.id}`);
    expect(text).toContain('"balance":9999999.99999998');
    expect(JSON.parse(text).lockedBalance).toBe(0.00000001);
  });

  it.each(['acc_0000000000000000', 'nonsense', '1', 'currency'])('answers 404 for the id %s', async (id) => {
    expectProblem(await get(`/${id}`), 404, 'account_not_found');
  });

  it('gives the same response for an unknown currency, one not available and one without an account', async () => {
    const answers = await Promise.all(['XQZ', 'JPY', 'ZAR', '!'].map((code) => get(`/currency/${code}`)));
    for (const answer of answers) expectProblem(answer, 404, 'account_not_found');
  });

  it('lists the currencies that can be opened now', async () => {
    const { status, body } = await world.send('GET', '/api/v1/currencies', { headers });
    expect(status).toBe(200);
    expect(body.map(({ code }: { code: string }) => code)).toEqual(['BTC', 'EUR', 'GBP', 'USD', 'ZAR']);
    expect(body[4]).toEqual({ code: 'ZAR', name: 'South African rand', symbol: 'R', decimals: 2 });
  });
});

describe('The owner API as a server', () => {
  it('answers 415, 413, 404 and 405 in its own shape', async () => {
    const send = (type: string, raw: string) =>
      world.send('POST', ACCOUNTS, { headers: { ...headers, 'content-type': type }, raw });
    expectProblem(await send('text/plain', '{"currency":"ZAR"}'), 415, 'media_type_unsupported');
    expectProblem(
      await send('application/x-www-form-urlencoded', 'currency=ZAR'),
      415,
      'media_type_unsupported',
    );
    const large = JSON.stringify({ currency: 'ZAR', x: 'x'.repeat(64 * 1024) });
    expectProblem(await send('application/json', large), 413, 'payload_too_large');
    expectProblem(await world.send('GET', '/api/v1/nothing', { headers }), 404, 'route_not_found');
    const deleted = await world.send('DELETE', ACCOUNTS, { headers });
    expectProblem(deleted, 405, 'method_not_allowed');
    expect(deleted.headers.allow).toBe('GET, HEAD, POST');
    expect(await accountsOf()).toBe(0);
  });

  it('keeps a request id that is a UUID and replaces any other', async () => {
    const id = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
    const withId = (given: string) =>
      world.send('GET', ACCOUNTS, { headers: { ...headers, 'x-request-id': given } });
    expect((await withId(id)).headers['x-request-id']).toBe(id);
    expect((await withId('mine')).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('answers 503 while the database is unavailable, writes nothing, and recovers by itself', async () => {
    const answer = await duringOutage(world, () => open('ZAR'));
    expectProblem(answer, 503, 'service_unavailable');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(await accountsOf()).toBe(0);
    expect((await open('ZAR')).status).toBe(201);
  });
});
