import type { Customer } from '../../src/entities/customer.entity.js';
import { luhnCheckDigit } from '../../src/shared/ids.js';
import { BAD_BODIES, BAD_TEXT, JSON_TYPE, NOT_TEXT } from '../support/bad-input.js';
import type { KeyHeaders } from '../support/factories.js';
import { expectPlatformError, TIME } from '../support/platform-error.js';
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

describe('Opening a platform account', () => {
  it('answers 201 with every documented field', async () => {
    const fundingNotification = [{ emailAddress: 'a@example.com' }, { emailAddress: 'b@example.com' }];
    const answer = await open({
      accountIdentifier: 'Acme-USD-1',
      displayName: ' Acme operating ',
      fundingNotification,
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      accountIdentifier: 'acme-usd-1',
      accountNumber: expect.stringMatching(/^A\d+$/),
      displayName: 'Acme operating',
      currencyCode: 'USD',
      currentBalance: 0,
      createdAt: TIME,
      status: 'ACTIVE',
      contactEmail: 'ops@example.com',
      fundingNotification,
    });
    const digits = (answer.body.accountNumber as string).slice(1);
    expect(luhnCheckDigit(digits.slice(0, -1))).toBe(digits.slice(-1));
  });

  it.each(['AUD', 'CAD', 'EUR', 'GBP', 'USD'])('accepts %s', async (currencyCode) => {
    expect((await open({ currencyCode })).body.currencyCode).toBe(currencyCode);
  });

  it.each(['usd', 'ZAR', 'XXX', 'US', ''])('answers 400.011 for the currency %j', async (currencyCode) => {
    expectPlatformError(await open({ currencyCode }), '400.011', [['currencyCode', '400.011']]);
    expect(await accountsOf()).toBe(0);
  });

  it('answers 400.011 for a currency not enabled in the customer’s jurisdiction', async () => {
    customer = await world.make.aCustomer({ platformId: customer.platformId, countryOfResidence: 'ZA' });
    expectPlatformError(await open({ currencyCode: 'AUD' }), '400.011');
  });

  it.each([
    [4, '422.126'],
    [5, null],
    [100, null],
    [101, '422.126'],
  ])('with an identifier of %i characters answers %s', async (length, key) => {
    const accountIdentifier = String(++number).padStart(length, 'a');
    const answer = await open({ accountIdentifier });
    if (key === null) expect(answer.status).toBe(201);
    else expectPlatformError(answer, '400.001', [['accountIdentifier', key]]);
  });

  it.each([
    ['accountIdentifier', 'under_score', '422.501'],
    ['accountIdentifier', 'spa ce', '422.501'],
    ['accountIdentifier', '', '422.135'],
    ['displayName', '', '422.135'],
    ['displayName', '     ', '422.135'],
    ['displayName', 'four', '422.126'],
    ['displayName', ' four ', '422.126'],
    ['displayName', '𝒜'.repeat(101), '422.126'],
    ['contactEmail', '', '422.135'],
    ['contactEmail', 'nobody', '422.134'],
    ['contactEmail', 'a@b', '422.134'],
    ['contactEmail', '"q q"@example.com', '422.134'],
    ['contactEmail', 'ü@example.com', '422.134'],
    ['contactEmail', `${'a'.repeat(60)}@${'b'.repeat(50)}.com`, '422.139'],
    ['contactEmail', '😀@example.com', '422.111'],
    ['fundingNotification', 'a@example.com', '422.128'],
    ['fundingNotification', ['a@example.com'], '422.128'],
    ['fundingNotification', [{ emailAddress: 'a@b.com' }, { emailAddress: 'A@b.com' }], '400.001'],
  ])('answers 400 for %s %j with the key %s and writes nothing', async (field, value, key) => {
    expectPlatformError(await open({ [field]: value }), '400.001', [[field, key]]);
    expect(await accountsOf()).toBe(0);
  });

  it('names the invalid item of a list', async () => {
    const fundingNotification = [{ emailAddress: 'a@example.com' }, { emailAddress: '🇿🇦@example.com' }];
    expectPlatformError(await open({ fundingNotification }), '400.001', [
      ['fundingNotification[1].emailAddress', '422.111'],
    ]);
  });

  it.each(['accountIdentifier', 'displayName', 'contactEmail'])('requires %s as text', async (field) => {
    for (const [, value] of [...NOT_TEXT, ['missing', undefined] as [string, unknown]]) {
      expectPlatformError(await open({ [field]: value }), '400.001', [[field, '422.128']]);
    }
    expect(await accountsOf()).toBe(0);
  });

  it.each(BAD_TEXT)('refuses a display name with %s', async (_name, displayName) => {
    const answer = await open({ displayName });
    expect([answer.status, answer.body.errors[0].path]).toEqual([400, 'displayName']);
    expect(await accountsOf()).toBe(0);
  });

  it('accepts digits, signs and other scripts in a display name', async () => {
    expect((await open({ displayName: '1 2 3 © 口座 حساب' })).status).toBe(201);
  });

  it.each(BAD_BODIES)('answers 400.009 for a body that is %s', async (_name, raw) => {
    const path = `/customers/${customer.identifier}/accounts`;
    expectPlatformError(
      await world.send('POST', path, { headers: { ...headers, ...JSON_TYPE }, raw }),
      '400.009',
    );
    expect(await accountsOf()).toBe(0);
  });

  it('answers 409.018 for an identifier taken on the platform, in any case and by any customer', async () => {
    expect((await open({ accountIdentifier: 'taken-one' })).status).toBe(201);
    const other = await world.make.aCustomer({ platformId: customer.platformId, countryOfResidence: 'US' });
    expectPlatformError(await open({ accountIdentifier: 'TAKEN-one' }, other.identifier), '409.018');
    const stranger = await world.make.aCustomer({ countryOfResidence: 'US' });
    headers = await world.make.platformHeaders(stranger.platformId);
    expect((await open({ accountIdentifier: 'taken-one' }, stranger.identifier)).status).toBe(201);
  });

  it.each([
    ['403.020', 'customers', `kyc_status = 'pending'`],
    ['403.020', 'customers', `kyc_status = 'rejected'`],
    ['403.020', 'customers', `status = 'suspended'`],
  ])('answers %s when %s %s', async (key, table, change) => {
    await world.dataSource.query(`UPDATE ${table} SET ${change} WHERE id = $1`, [customer.id]);
    expectPlatformError(await open(), key);
    expect(await accountsOf()).toBe(0);
  });

  it('answers 403.017 for a platform that is not verified, for customers and accounts', async () => {
    await world.dataSource.query(`UPDATE platforms SET status = 'pending' WHERE id = $1`, [
      customer.platformId,
    ]);
    expectPlatformError(await open(), '403.017');
    expectPlatformError(
      await create({ customerIdentifier: 'a-customer', displayName: 'A customer' }),
      '403.017',
    );
  });

  it('answers 403.007 for a customer that is unknown or another platform’s', async () => {
    const stranger = await world.make.aCustomer();
    for (const identifier of ['nobody', stranger.identifier, 'four', 'a'.repeat(101)]) {
      expectPlatformError(await open({}, identifier), '403.007');
    }
  });
});

describe('Customers', () => {
  it('are created, listed and found with their accounts, below both base paths', async () => {
    const created = await create({ customerIdentifier: 'acme-group', displayName: 'Acme Group' });
    const view = {
      customerIdentifier: 'acme-group',
      displayName: 'Acme Group',
      status: 'active',
      createdAt: TIME,
    };
    expect([created.status, created.body]).toEqual([201, view]);
    expect((await open({ accountIdentifier: 'acme-1' }, 'acme-group')).status).toBe(201);
    for (const base of ['', '/raas/v2']) {
      const one = await world.send('GET', `${base}/customers/acme-group`, { headers });
      const account = {
        accountIdentifier: 'acme-1',
        accountNumber: expect.stringMatching(/^A\d+$/),
        displayName: 'An account',
        createdAt: TIME,
        status: 'ACTIVE',
        currencyCode: 'USD',
      };
      expect(one.body).toEqual({ ...view, accounts: [account] });
      const all = await world.send('GET', `${base}/customers`, { headers });
      expect(all.body).toHaveLength(2);
      expect(all.body[1]).toEqual(one.body);
    }
    expectPlatformError(await world.send('GET', '/customers/nobody', { headers }), '404.002');
    expectPlatformError(await world.send('GET', '/customers/nobody/accounts', { headers }), '404.002');
  });

  it('have a unique identifier and a unique display name on the platform', async () => {
    const { identifier, displayName } = customer;
    expectPlatformError(await create({ customerIdentifier: identifier, displayName: 'Another' }), '409.010');
    expectPlatformError(await create({ customerIdentifier: 'another', displayName }), '409.011');
    headers = await world.make.platformHeaders((await world.make.aPlatform()).id);
    expect((await create({ customerIdentifier: identifier, displayName })).status).toBe(201);
  });

  it('are approved at once where KYC is delegated, and otherwise cannot open accounts before it', async () => {
    expect((await create({ customerIdentifier: 'delegated', displayName: 'Delegated' })).status).toBe(201);
    expect((await open({}, 'delegated')).status).toBe(201);
    const platform = await world.make.aPlatform({ kycAgreement: 'required' });
    headers = await world.make.platformHeaders(platform.id);
    expect((await create({ customerIdentifier: 'required', displayName: 'Required' })).status).toBe(201);
    expectPlatformError(await open({}, 'required'), '403.020');
  });

  it.each([
    [{ displayName: 'A customer' }, 'customerIdentifier', '422.128'],
    [{ customerIdentifier: 'four', displayName: 'A customer' }, 'customerIdentifier', '422.126'],
    [{ customerIdentifier: 'a-customer' }, 'displayName', '422.128'],
    [{ customerIdentifier: 'a-customer', displayName: 'Emoji 😀' }, 'displayName', '422.111'],
  ])('are refused as %j', async (body, path, key) => {
    expectPlatformError(await create(body), '400.001', [[path, key]]);
  });

  it('are created once by 50 identical concurrent requests', async () => {
    const body = { customerIdentifier: 'the-one', displayName: 'The one' };
    const answers = await Promise.all(Array.from({ length: 50 }, () => create(body)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(49);
  });
});
