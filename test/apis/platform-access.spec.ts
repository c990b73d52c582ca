import { type Scope, SCOPES } from '../../src/auth/caller.js';
import type { Customer } from '../../src/entities/customer.entity.js';
import { JSON_TYPE } from '../support/bad-input.js';
import type { KeyHeaders } from '../support/factories.js';
import { expectPlatformError, TIME } from '../support/platform-error.js';
import { duringOutage } from '../support/outage.js';
import { type TestResponse, createWorld, type World } from '../support/world.js';

let world: World;
let customer: Customer;
let headers: KeyHeaders;
let number = 0;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  customer = await world.make.aCustomer({ countryOfResidence: 'US' });
  headers = await world.make.platformHeaders(customer.platformId);
});

const valid = (with_: object = {}): object => ({
  accountIdentifier: `account-${++number}`,
  displayName: 'An account',
  contactEmail: 'ops@example.com',
  ...with_,
});
const open = (with_: object = {}, identifier = customer.identifier): Promise<TestResponse> =>
  world.send('POST', `/customers/${identifier}/accounts`, { headers, body: valid(with_) });
const create = (body: object): Promise<TestResponse> => world.send('POST', '/customers', { headers, body });
const accountsOf = (): Promise<number> => world.count('accounts', `customer_id = ${customer.id}`);

describe('A platform credential limited to some currencies', () => {
  it('opens accounts in these only, and a dry run gives the reason', async () => {
    const { platformId } = customer;
    const { key, secret } = await world.make.aCredential({
      kind: 'platform',
      platformId,
      scopes: SCOPES,
      allowedCurrencies: ['EUR'],
    });
    headers = { 'x-api-key': key, 'x-api-secret': secret };
    expectPlatformError(await open({ currencyCode: 'USD' }), '403.001');
    expect((await open({ currencyCode: 'EUR' })).status).toBe(201);
    expect(await accountsOf()).toBe(1);
    const path = `/customers/${customer.identifier}/accounts?dryRun=true`;
    const { body } = await world.send('POST', path, { headers, body: valid({ currencyCode: 'USD' }) });
    expect(body.wouldOpen).toBe(false);
    expect(body.rules.filter(({ passed }: { passed: boolean }) => !passed)).toMatchObject([
      { rule: 'credential.currency_allowed', reason: 'The credential is held to EUR.' },
    ]);
  });
});

describe('Credentials of the platform API', () => {
  const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
  const token = (
    fields: Record<string, string>,
    more: KeyHeaders = {},
    path = '/oauth/token',
  ): Promise<TestResponse> =>
    world.send('POST', path, { headers: { ...FORM, ...more }, raw: new URLSearchParams(fields).toString() });
  const list = (with_: KeyHeaders): Promise<TestResponse> =>
    world.send('GET', '/customers', { headers: with_ });

  it('are accepted as Basic, as headers, and as a token obtained with either or with the form', async () => {
    const { key, secret } = await world.make.aPlatformKey(customer.platformId);
    const basic = { authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}` };
    const grant = { grant_type: 'client_credentials' };
    expect((await list(basic)).status).toBe(200);
    expect((await list({ 'x-api-key': key, 'x-api-secret': secret })).status).toBe(200);
    const bought = [
      await token(grant, basic),
      await token({ ...grant, client_id: key, client_secret: secret }),
      await token(grant, basic, '/raas/v2/oauth/token'),
    ];
    for (const { status, body, headers: h } of bought) {
      expect([status, h['cache-control']]).toEqual([200, 'no-store']);
      expect(body).toEqual({
        access_token: expect.any(String),
        token_type: 'Bearer',
        expires_in: 900,
        scope: SCOPES.join(' '),
      });
      expect((await list({ authorization: `Bearer ${body.access_token}` })).status).toBe(200);
    }
  });

  it('get a token with the requested scopes only, and never more than their own', async () => {
    const { authorization = '' } = await world.make.platformHeaders(customer.platformId, ['accounts:read']);
    const asked = { grant_type: 'client_credentials', scope: 'accounts:read' };
    const { body } = await token(asked, { authorization });
    expect(body.scope).toBe('accounts:read');
    expectPlatformError(await list({ authorization: `Bearer ${body.access_token}` }), '403.001');
    const more = await token({ ...asked, scope: 'accounts:write' }, { authorization });
    expect([more.status, more.body.error, more.body.i18nKey]).toEqual([400, 'invalid_scope', '400.001']);
  });

  it('get a token with the requested known scopes that they have (RFC 6749 §3.3)', async () => {
    const scopes: Scope[] = ['accounts:read', 'customers:read'];
    const { authorization = '' } = await world.make.platformHeaders(customer.platformId, scopes);
    const scopeOf = async (scope: string): Promise<unknown> => {
      const { status, body } = await token({ grant_type: 'client_credentials', scope }, { authorization });
      return status === 200 ? body.scope : body.error;
    };
    expect(await scopeOf(SCOPES.join(' '))).toBe('accounts:read customers:read');
    expect(await scopeOf('admin:read customers:read customers:read')).toBe('customers:read');
    // A parameter without a value counts as omitted (§3.1).
    expect(await scopeOf('')).toBe('accounts:read customers:read');
    const refused = ['accounts:read accounts:burn', 'ACCOUNTS:READ', 'accounts:read\tcustomers:read', ' '];
    for (const scope of [...refused, 'accounts:write transfers:write', 'admin:read', 'api-keys:read'])
      expect([scope, await scopeOf(scope)]).toEqual([scope, 'invalid_scope']);
  });

  it('are refused by the token endpoint with the error members of both OAuth and the platform API', async () => {
    const { authorization = '' } = headers;
    const refused: [TestResponse, number, string][] = [
      [await token({ grant_type: 'password' }, { authorization }), 400, 'unsupported_grant_type'],
      [
        await token({ grant_type: 'client_credentials', client_id: 'x', client_secret: 'y' }),
        401,
        'invalid_client',
      ],
      [await token({ grant_type: 'client_credentials' }), 401, 'invalid_client'],
      [
        await token({ grant_type: 'client_credentials' }, { authorization: 'Basic eDp5' }),
        401,
        'invalid_client',
      ],
      [await world.send('POST', '/oauth/token', { headers, body: {} }), 415, 'invalid_request'],
    ];
    for (const [{ status, body }, expected, error] of refused) {
      expect({ status, ...body }).toMatchObject({
        status: expected,
        error,
        httpCode: expected,
        timestamp: TIME,
      });
    }
    const twice = 'grant_type=client_credentials&grant_type=client_credentials';
    const answer = await world.send('POST', '/oauth/token', {
      headers: { ...FORM, authorization },
      raw: twice,
    });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
  });

  it('get 401.001 when missing and 401.002 when wrong', async () => {
    expectPlatformError(await list({}), '401.001');
    const owner = await world.make.ownerHeaders(customer);
    for (const wrong of [
      { authorization: 'Basic eDp5' },
      { authorization: 'Bearer x' },
      { authorization: 'x' },
      owner,
    ]) {
      expectPlatformError(await list(wrong), '401.002');
    }
  });

  it('need the scope of the call', async () => {
    headers = await world.make.platformHeaders(customer.platformId, ['accounts:read', 'customers:read']);
    expectPlatformError(await open(), '403.001');
    expectPlatformError(
      await create({ customerIdentifier: 'a-customer', displayName: 'A customer' }),
      '403.001',
    );
  });

  it('are checked before the customer, then the form, then KYC, then the currency', async () => {
    const path = `/customers/nobody/accounts`;
    expectPlatformError(await world.send('POST', path, { headers: JSON_TYPE, raw: '{' }), '401.001');
    expectPlatformError(
      await world.send('POST', path, { headers: { ...headers, ...JSON_TYPE }, raw: '{' }),
      '403.007',
    );
    await world.dataSource.query(`UPDATE customers SET kyc_status = 'pending' WHERE id = $1`, [customer.id]);
    expectPlatformError(await open({ displayName: 'x' }), '400.001', [['displayName', '422.126']]);
    expectPlatformError(await open({ currencyCode: 'AUD' }), '403.020');
  });
});

describe('The platform API as a server', () => {
  it('answers 404, 405, 406, 413 and 415 in its own shape, below both base paths', async () => {
    for (const base of ['', '/raas/v2']) {
      const path = `${base}/customers/${customer.identifier}/accounts`;
      expectPlatformError(await world.send('GET', `${base}/customers/a/b/c`, { headers }), '404.024');
      const deleted = await world.send('DELETE', path, { headers });
      expectPlatformError(deleted, '405.002');
      expect(deleted.headers.allow).toBe('GET, HEAD, POST');
      expectPlatformError(
        await world.send('GET', path, { headers: { ...headers, accept: 'text/html' } }),
        '406.001',
      );
      const post = (type: string, raw: string) =>
        world.send('POST', path, { headers: { ...headers, 'content-type': type }, raw });
      expectPlatformError(await post('text/plain', '{}'), '415.001');
      expectPlatformError(
        await post('application/json', JSON.stringify(valid({ x: 'x'.repeat(65_536) }))),
        '413.001',
      );
    }
    expectPlatformError(await world.send('GET', '/raas/v2/nothing'), '404.024');
    expect(await accountsOf()).toBe(0);
  });

  it.each([
    ['application/json;q=0, */*', 406],
    ['text/html, application/json;q=0.0', 406],
    ['application/*;q=0.2, text/html', 200],
    ['application/json; charset=utf-8', 200],
    ['*/*;q=0.1', 200],
  ])('accepts `Accept: %s` with %d', async (accept, status) => {
    const path = `/customers/${customer.identifier}/accounts`;
    const answer = await world.send('GET', path, { headers: { ...headers, accept } });
    expect(answer.status).toBe(status);
    if (status === 406) expectPlatformError(answer, '406.001');
  });

  it('replays a request that is retried below the other base path', async () => {
    const body = valid();
    const key = { ...headers, 'idempotency-key': 'moved' };
    const path = `/customers/${customer.identifier}/accounts`;
    const first = await world.send('POST', path, { headers: key, body });
    const second = await world.send('POST', `/raas/v2${path}`, { headers: key, body });
    expect([second.text, second.headers['idempotent-replayed']]).toEqual([first.text, 'true']);
  });

  it('answers 503.502 while the database is unavailable, writes nothing, and recovers by itself', async () => {
    const answer = await duringOutage(world, () => open());
    expectPlatformError(answer, '503.502');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(await accountsOf()).toBe(0);
    expect((await open()).status).toBe(201);
  });
});
