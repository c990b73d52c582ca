import { SCOPES } from '../../src/auth/caller.js';
import type { Customer } from '../../src/entities/customer.entity.js';
import type { KeyHeaders } from '../support/factories.js';
import { anOpening } from '../support/opening.js';
import { createWorld, type World } from '../support/world.js';

/** What clients of third parties send beside the published calls. */

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

let world: World;
let customer: Customer;
let headers: KeyHeaders;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  customer = await world.make.aCustomer({ countryOfResidence: 'US' });
  headers = await world.make.platformHeaders(customer.platformId);
});

const path = () => `/customers/${customer.identifier}/accounts`;
const open = (identifier: string, more: object = {}) =>
  world.send('POST', path(), { headers, body: { ...anOpening(identifier), ...more } });
const accountsOf = () => world.count('accounts', `customer_id = ${customer.id}`);

describe('A client of the platform API', () => {
  it.each([
    ['currencyCode', null],
    ['fundingNotification', null],
    ['fundingNotification', [{ emailAddress: null }, {}, {}, { emailAddress: 'a@example.com' }]],
  ])('that writes an unset %s as %j opens an account', async (field, value) => {
    const { status, body } = await open('unset-1', { [field]: value });
    expect([status, body.currencyCode]).toEqual([201, 'USD']);
    expect(body.fundingNotification).toEqual(Array.isArray(value) ? [{ emailAddress: 'a@example.com' }] : []);
  });

  it('that writes a required field as null opens none', async () => {
    for (const field of ['accountIdentifier', 'displayName', 'contactEmail'])
      expect((await open('unset-2', { [field]: null })).status).toBe(400);
    expect(await accountsOf()).toBe(0);
  });

  it('that follows nextCursor while nextPageAvailable, and prevCursor back, reads every account once', async () => {
    for (let index = 10; index < 17; index++) await open(`paged-${index}`);
    const pages: string[][] = [];
    const page = async (query: string) => {
      const { status, body } = await world.send('GET', `${path()}?paginate=true&maxResults=3${query}`, {
        headers,
      });
      expect(status).toBe(200);
      pages.push(body.items.map((item: { accountIdentifier: string }) => item.accountIdentifier));
      return body;
    };
    let current = await page('');
    while (current.nextPageAvailable && pages.length < 10)
      current = await page(`&nextCursor=${current.nextCursor}`);
    expect(pages.flat()).toEqual([10, 11, 12, 13, 14, 15, 16].map((index) => `paged-${index}`));
    await page(`&prevCursor=${current.prevCursor}`);
    expect(pages.at(-1)).toEqual(['paged-13', 'paged-14', 'paged-15']);
  });

  it('that sends paging parameters without paginate=true gets the whole list', async () => {
    await open('listed-1');
    for (const query of [
      'maxResults=0',
      'nextCursor=',
      'cursor=x',
      'prevCursor=x',
      'paginate=false&maxResults=1000',
    ]) {
      const { status, body } = await world.send('GET', `${path()}?${query}`, { headers });
      expect([query, status, body.length]).toEqual([query, 200, 1]);
    }
  });

  it('that sends a cursor that cannot be read, or two, is told which', async () => {
    for (const [query, field] of [
      ['nextCursor=x', 'nextCursor'],
      ['prevCursor=', 'prevCursor'],
      ['nextCursor=x&prevCursor=y', 'prevCursor'],
    ]) {
      const { status, body } = await world.send('GET', `${path()}?paginate=true&${query}`, { headers });
      expect([status, body.errors[0].path]).toEqual([400, field]);
    }
  });

  it('that form-encodes its credentials (RFC 6749 §2.3.1) gets a token', async () => {
    const { key, secret } = await world.make.aPlatformKey(customer.platformId);
    const encoded = [key, secret].map((text) => text.replaceAll('_', '%5F').replaceAll('-', '%2D')).join(':');
    const authorization = `Basic ${Buffer.from(encoded).toString('base64')}`;
    const { status, body } = await world.send('POST', '/oauth/token', {
      headers: { ...FORM, authorization },
      raw: 'grant_type=client_credentials',
    });
    expect([status, body.token_type]).toEqual([200, 'Bearer']);
    const malformed = `Basic ${Buffer.from(`${key}:%zz`).toString('base64')}`;
    expect((await world.send('GET', '/customers', { headers: { authorization: malformed } })).status).toBe(
      401,
    );
  });

  it('that asks for raas.all and an audience gets every scope of its credential', async () => {
    const token = async (form: string) =>
      (await world.send('POST', '/oauth/token', { headers: { ...headers, ...FORM }, raw: form })).body;
    const grant = 'grant_type=client_credentials';
    expect((await token(`${grant}&scope=raas.all&audience=https%3A%2F%2Fapi.example`)).scope).toBe(
      SCOPES.join(' '),
    );
    headers = await world.make.platformHeaders(customer.platformId, ['accounts:read']);
    expect((await token(`${grant}&scope=raas.all`)).scope).toBe('accounts:read');
    expect((await token('scope=raas.all')).error).toBe('invalid_request');
    expect((await token('grant_type=implicit')).error).toBe('unsupported_grant_type');
  });

  it('that answers a challenge is offered Basic, and a browser is not', async () => {
    const offered = async (more: KeyHeaders) =>
      (await world.send('GET', '/customers', { headers: more })).headers['www-authenticate'];
    expect(await offered({})).toBe('Basic realm="vostro", Bearer realm="vostro"');
    expect(await offered({ 'sec-fetch-mode': 'cors' })).toBe('Bearer realm="vostro"');
  });
});

describe('A client of the workspace API', () => {
  const workspace = async () => world.make.workspaceHeaders(await world.make.aWorkspace(customer));

  it.each([2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1])(
    'that names product %i, which does not exist, is told so, and the audit trail has it',
    async (productID) => {
      const answered = await world.send('POST', '/accounts', {
        headers: await workspace(),
        body: { productID },
      });
      expect([answered.status, answered.body.errorCode]).toEqual([400, 'product_not_found']);
      const entry = `platform_id = ${customer.platformId} AND action = 'account.opening_refused'
        AND state_after->>'productId' = '${productID}'`;
      expect(await world.count('audit_entries', entry)).toBe(1);
      const dry = await world.send('POST', '/accounts?dryRun=true', {
        headers: await workspace(),
        body: { productID },
      });
      expect(dry.status).toBeLessThan(500);
    },
  );

  it('that writes an unset alias as null opens an account without one', async () => {
    const body = { productID: 7, alias: null };
    const answered = await world.send('POST', '/accounts', { headers: await workspace(), body });
    expect([answered.status, answered.body.alias]).toEqual([200, '']);
  });
});
