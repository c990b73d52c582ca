import { ProductsService } from '../../../src/products/products.service.js';
import { until } from '../../support/until.js';
import { type AdminClient, anAdminClient, collected, customerId, REASON } from '../../support/admin.js';
import { createWorld, type World } from '../../support/world.js';

let world: World;
let admin: AdminClient;
let second: AdminClient;
let counter = 0;

beforeAll(async () => {
  world = await createWorld();
  admin = await anAdminClient(world);
  second = await anAdminClient(world);
});
afterAll(() => world.close());

const unique = (name: string): string => `${name} ${++counter}`;
const codeOf = ({ text }: { text: string }): string => JSON.parse(text).code;

describe('A platform', () => {
  const wanted = () => ({ name: unique('Acme'), homeJurisdiction: 'DE' });

  it('is created pending, is verified with an approval, and can create customers after it', async () => {
    const created = await admin.post('/platforms', wanted());
    expect([created.status, created.body.status, created.body.kycAgreement]).toEqual([
      201,
      'pending',
      'required',
    ]);
    const { id } = created.body;
    const wantedKey = { kind: 'platform', name: 'integration', platform: id };
    const key = await collected({ requester: admin, approver: second }, '/credentials', wantedKey);
    const headers = { 'x-api-key': key.key, 'x-api-secret': key.secret };
    const create = () =>
      world.send('POST', '/customers', {
        headers,
        body: { customerIdentifier: 'first-one', displayName: 'First one' },
      });
    expect((await create()).body.i18nKey).toBe('403.017');
    const asked = await admin.post(`/platforms/${id}/verify`);
    expect([asked.status, asked.body.status]).toEqual([202, 'pending']);
    expect((await create()).status).toBe(403);
    await second.post(`/approvals/${asked.body.id}/approve`);
    expect((await create()).status).toBe(201);
    expect((await admin.post(`/platforms/${id}/verify`)).status).toBe(409);
    expect((await admin.post(`/platforms/${id}/suspend`)).body.status).toBe('suspended');
    expect((await admin.trailOf(id)).map(({ action }: { action: string }) => action)).toEqual([
      'platform.suspended',
      'platform.verified',
      'platform.verify.approved',
      'platform.verify.requested',
      'credential.issue.collected',
      'credential.issue.approved',
      'credential.issue.requested',
      'platform.created',
    ]);
  });

  it('decides by its KYC agreement the KYC status of new customers', async () => {
    const { body } = await admin.post('/platforms', wanted());
    const asked = await admin.post(`/platforms/${body.id}/verify`);
    await second.post(`/approvals/${asked.body.id}/approve`);
    const create = (identifier: string) =>
      admin.post('/customers', { platform: body.id, identifier, displayName: unique('Customer') });
    expect((await create('before-it')).body.kycStatus).toBe('not_started');
    const amended = await admin.send('PATCH', `/platforms/${body.id}`, { kycAgreement: 'delegated' });
    expect([amended.status, amended.body.action]).toEqual([202, 'platform.amend']);
    await second.post(`/approvals/${amended.body.id}/approve`);
    expect((await admin.get(`/platforms/${body.id}`)).body.kycAgreement).toBe('delegated');
    expect((await create('after-it')).body.kycStatus).toBe('approved');
    expect(codeOf(await create('after-it'))).toBe('customer_identifier_taken');
  });

  it('requires a unique name and an existing home jurisdiction', async () => {
    const { name, ...rest } = wanted();
    await admin.post('/platforms', { name, ...rest });
    expect(codeOf(await admin.post('/platforms', { name, ...rest }))).toBe('name_taken');
    expect((await admin.post('/platforms', { ...wanted(), homeJurisdiction: 'XX' })).status).toBe(400);
    expect((await admin.get('/platforms/plt_0')).status).toBe(404);
    expect((await admin.get('/platforms?name=house')).body.items).toEqual([]);
    expect((await admin.send('PATCH', `/platforms/plt_1`, {})).status).toBe(400);
  });
});

describe('A customer', () => {
  it('is found by name, identifier, e-mail and KYC status', async () => {
    const customer = await world.make.aCustomer({
      displayName: 'Findable 100% Ltd',
      identifier: 'findable-one',
      email: 'Find@example.com',
      kycStatus: 'rejected',
    });
    const other = await world.make.aCustomer({ displayName: 'Findable 1000 Ltd' });
    for (const query of ['name=findable%20100%25', 'identifier=findable-one', 'email=FIND@example.com']) {
      const { body } = await admin.get(`/customers?${query}`);
      expect(body.items.map(({ id }: { id: string }) => id)).toEqual([customerId(customer)]);
    }
    const { body } = await admin.get('/customers?name=FINDABLE&kycStatus=rejected');
    expect(body.items).toHaveLength(1);
    expect((await admin.get(`/customers?name=Findable`)).body.items).toHaveLength(2);
    expect((await admin.get(`/customers/${customerId(other)}`)).body.displayName).toBe('Findable 1000 Ltd');
  });

  it('is refused while suspended, and accepted once active again', async () => {
    const customer = await world.make.aCustomer();
    const headers = await world.make.ownerHeaders(customer);
    const list = async () => (await world.send('GET', '/api/v1/accounts', { headers })).status;
    await admin.post(`/customers/${customerId(customer)}/suspend`);
    expect(await list()).toBe(403);
    expect((await admin.post(`/customers/${customerId(customer)}/suspend`)).status).toBe(409);
    await admin.post(`/customers/${customerId(customer)}/activate`);
    expect(await list()).toBe(200);
  });

  it('gets another jurisdiction only with an approval', async () => {
    const customer = await world.make.aCustomer({ countryOfResidence: 'ZA' });
    const headers = await world.make.ownerHeaders(customer);
    const openYen = async () =>
      (await world.send('POST', '/api/v1/accounts', { headers, body: { currency: 'JPY' } })).status;
    const path = `/customers/${customerId(customer)}/jurisdiction-override`;
    const asked = await admin.post(path, { jurisdiction: 'GB' });
    expect([asked.status, asked.body.summary.after]).toMatchObject([202, { jurisdictionOverride: 'GB' }]);
    expect(codeOf(await admin.post(path, { jurisdiction: 'DE' }))).toBe('approval_pending');
    expect(await openYen()).toBe(404);
    expect(codeOf(await admin.post(`/approvals/${asked.body.id}/approve`))).toBe('second_person_required');
    await second.post(`/approvals/${asked.body.id}/approve`);
    expect(await openYen()).toBe(201);
    expect((await admin.get(`/customers/${customerId(customer)}`)).body).toMatchObject({
      jurisdiction: 'GB',
      jurisdictionOverride: 'GB',
      countryOfResidence: 'ZA',
    });
    expect((await admin.post(path, { jurisdiction: 'XX' })).status).toBe(400);
  });

  it('keeps the fields that a change does not name', async () => {
    const customer = await world.make.aCustomer({ email: 'old@example.com' });
    const change = await admin.send('PATCH', `/customers/${customerId(customer)}`, {
      countryOfResidence: 'GB',
    });
    await second.post(`/approvals/${change.body.id}/approve`);
    const changed = await admin.get(`/customers/${customerId(customer)}`);
    expect(changed.body).toMatchObject({
      email: 'old@example.com',
      countryOfResidence: 'GB',
      jurisdiction: 'GB',
    });
    const cleared = await admin.send('PATCH', `/customers/${customerId(customer)}`, { email: null });
    expect(cleared.body.email).toBeNull();
    const [entry] = await admin.trailOf(customerId(customer));
    expect(entry).toMatchObject({
      before: { email: 'old@example.com' },
      after: { email: null },
      reason: REASON,
    });
  });
});

describe('A currency', () => {
  it('can be disabled and enabled', async () => {
    const customer = await world.make.aCustomer({ countryOfResidence: 'GB' });
    const headers = await world.make.ownerHeaders(customer);
    const open = async () =>
      (await world.send('POST', '/api/v1/accounts', { headers, body: { currency: 'CHF' } })).status;
    expect((await admin.post('/currencies/CHF/disable')).body.enabled).toBe(false);
    expect(await open()).toBe(404);
    expect((await admin.post('/currencies/CHF/disable')).status).toBe(409);
    expect((await admin.get('/currencies?enabled=false')).body.items).toHaveLength(1);
    await admin.post('/currencies/cur_CHF/enable');
    await until(async () => (await open()) === 201, { what: 'an opening in an enabled currency' });
    expect((await admin.post('/currencies/XQQ/disable')).status).toBe(404);
  });
});

describe('A jurisdiction', () => {
  it('is created without currencies, which are added one by one', async () => {
    expect((await admin.post('/jurisdictions', { code: 'FR', name: 'France' })).body.currencies).toEqual([]);
    expect(codeOf(await admin.post('/jurisdictions', { code: 'FR', name: 'France' }))).toBe('name_taken');
    expect((await admin.send('PUT', '/jurisdictions/FR/currencies/EUR')).body.currencies).toEqual(['EUR']);
    expect((await admin.send('PUT', '/jurisdictions/FR/currencies/EUR')).status).toBe(200);
    expect((await admin.send('DELETE', '/jurisdictions/FR/currencies/EUR')).body.currencies).toEqual([]);
    expect((await admin.send('PUT', '/jurisdictions/FR/currencies/XQQ')).status).toBe(404);
    expect((await admin.send('PUT', '/jurisdictions/XX/currencies/EUR')).status).toBe(404);
    expect((await admin.trailOf('jur_FR')).map(({ action }: { action: string }) => action)).toEqual([
      'jurisdiction.currency_disabled',
      'jurisdiction.currency_enabled',
      'jurisdiction.created',
    ]);
  });

  it('previews the customers and accounts a change would affect, and changes nothing', async () => {
    await admin.post('/jurisdictions', { code: 'NL', name: 'Netherlands' });
    for (const currency of ['EUR', 'USD'])
      await admin.send('PUT', `/jurisdictions/NL/currencies/${currency}`);
    const customer = await world.make.aCustomer({ countryOfResidence: 'NL' });
    const idle = await world.make.aCustomer({ countryOfResidence: 'ZA', jurisdictionOverride: 'NL' });
    const headers = await world.make.ownerHeaders(customer);
    const open = async (currency: string) =>
      (await world.send('POST', '/api/v1/accounts', { headers, body: { currency } })).status;
    for (const currency of ['EUR', 'USD']) await until(async () => (await open(currency)) === 201);
    const viewer = await anAdminClient(world, 'viewer');
    const before = await world.count('audit_entries');
    const preview = (code: string, body: object) =>
      world.send('POST', `/admin/jurisdictions/${code}/preview`, { headers: viewer.headers, body });
    const { status, body } = await preview('NL', { enable: ['GBP', 'EUR'], disable: ['USD', 'ZAR'] });
    expect(status).toBe(200);
    expect(body).toMatchObject({ enable: ['GBP'], disable: ['USD'], customersTotal: 2, accountsTotal: 1 });
    expect(body.customers).toEqual([
      { id: customerId(customer), displayName: customer.displayName, accounts: 1 },
      { id: customerId(idle), displayName: idle.displayName, accounts: 0 },
    ]);
    expect(body.accounts).toMatchObject([
      { channel: 'owner', currency: 'USD', customer: customerId(customer) },
    ]);
    expect(await world.count('audit_entries')).toBe(before);
    expect((await viewer.get('/jurisdictions/NL')).body.currencies).toEqual(['EUR', 'USD']);
    const nothing = await preview('NL', { enable: ['EUR'] });
    expect(nothing.body).toMatchObject({ customersTotal: 0, accountsTotal: 0 });
    expect((await preview('XX', {})).status).toBe(404);
  });
});

describe('A product', () => {
  const wanted = (more: object = {}) => ({
    name: unique('USD pot'),
    description: 'Put money aside.',
    currency: 'USD',
    ...more,
  });

  async function aWorkspace() {
    const customer = await world.make.aCustomer({ countryOfResidence: 'US' });
    const headers = await world.make.workspaceHeaders(await world.make.aWorkspace(customer));
    return (productID: number, alias?: string) =>
      world.send('POST', '/accounts', {
        headers,
        body: { productID, ...(alias === undefined ? {} : { alias }) },
      });
  }

  async function aProduct(more: object = {}): Promise<{ id: string; productId: number }> {
    const { status, body } = await admin.post('/products', wanted(more));
    expect(status).toBe(201);
    const products = world.app.get(ProductsService);
    await until(async () => (await products.find(body.productId)) !== null, { what: 'the new product' });
    return body;
  }

  it('can be opened at once, and no longer when retired', async () => {
    const { id, productId } = await aProduct();
    const open = await aWorkspace();
    expect((await open(productId)).status).toBe(200);
    expect((await admin.post(`/products/${id}/retire`)).body.status).toBe('retired');
    expect((await open(productId, 'second')).body.errorCode).toBe('product_not_available');
    expect((await admin.post(`/products/${id}/retire`)).status).toBe(409);
    expect((await admin.post(`/products/${id}/offer`)).body.status).toBe('available');
  });

  it('limits the accounts of a customer to its cap', async () => {
    const { productId } = await aProduct({ maxAccountsPerCustomer: 2 });
    const open = await aWorkspace();
    expect([(await open(productId, 'a')).status, (await open(productId, 'b')).status]).toEqual([200, 200]);
    expect((await open(productId, 'c')).body.errorCode).toBe('account_already_exists');
  });

  it.each([
    ['one_per_product_and_alias', [200, 400, 200]],
    ['one_per_currency', [200, 400, 400]],
    ['unlimited', [200, 200, 200]],
  ])('defines duplicates by its rule: %s', async (duplicateRule, expected) => {
    const { productId } = await aProduct({ duplicateRule });
    const open = await aWorkspace();
    const statuses: number[] = [];
    for (const alias of ['one', 'one', 'two']) statuses.push((await open(productId, alias)).status);
    expect(statuses).toEqual(expected);
  });

  it('with a new duplicate rule counts the existing accounts', async () => {
    const { id, productId } = await aProduct();
    const open = await aWorkspace();
    await open(productId, 'one');
    await admin.send('PATCH', `/products/${id}`, { duplicateRule: 'one_per_currency' });
    expect((await open(productId, 'two')).body.errorCode).toBe('account_already_exists');
  });

  it('keeps the fields that a change does not name, and requires a unique name', async () => {
    const { id } = await aProduct({ maxAccountsPerCustomer: 3 });
    const renamed = await admin.send('PATCH', `/products/${id}`, { name: unique('Renamed') });
    expect(renamed.body).toMatchObject({ maxAccountsPerCustomer: 3, currency: 'USD' });
    const uncapped = await admin.send('PATCH', `/products/${id}`, { maxAccountsPerCustomer: null });
    expect(uncapped.body.maxAccountsPerCustomer).toBeNull();
    const { name } = renamed.body;
    expect(codeOf(await admin.post('/products', wanted({ name })))).toBe('name_taken');
    expect((await admin.post('/products', wanted({ currency: 'XQQ' }))).status).toBe(400);
    expect((await admin.post('/products', wanted({ maxAccountsPerCustomer: 0 }))).status).toBe(400);
  });
});

describe('A workspace', () => {
  it('is created for a customer and given a working session', async () => {
    const customer = await world.make.aCustomer({ countryOfResidence: 'US' });
    const created = await admin.post('/workspaces', { customer: customerId(customer) });
    expect(created.body).toMatchObject({ customer: customerId(customer), holderName: customer.displayName });
    const session = await collected(
      { requester: admin, approver: second },
      `/workspaces/${created.body.id}/sessions`,
    );
    const headers = {
      authorization: `Bearer ${session.accessToken}`,
      'workspace-id': String(created.body.workspaceId),
    };
    expect((await world.send('POST', '/accounts', { headers, body: { productID: 7 } })).status).toBe(200);
    expect((await admin.get(`/audit?object=${created.body.id}`)).text).not.toContain(session.refreshToken);
    expect((await admin.post('/workspaces', { customer: 'cus_1_999999' })).status).toBe(404);
  });
});
