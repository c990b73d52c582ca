import type { Customer } from '../../src/entities/customer.entity.js';
import type { KeyHeaders } from '../support/factories.js';
import { type TestResponse, createWorld, type World } from '../support/world.js';

const TOTAL = 25;

let world: World;
let customer: Customer;
let headers: KeyHeaders;
let numbers: string[];

beforeAll(async () => {
  world = await createWorld();
  customer = await world.make.aCustomer({ countryOfResidence: 'US' });
  headers = await world.make.platformHeaders(customer.platformId);
  numbers = [];
  for (let index = 1; index <= TOTAL; index++) numbers.push(await open(customer, index));
  const other = await world.make.aCustomer({ platformId: customer.platformId, countryOfResidence: 'US' });
  await open(other, 99);
});
afterAll(() => world.close());

/** Opens account number `index`, in one of three currencies, with a balance of `index` major units. */
async function open(of: Customer, index: number): Promise<string> {
  const { body } = await world.send('POST', `/customers/${of.identifier}/accounts`, {
    headers,
    body: {
      accountIdentifier: `account-${index}`,
      displayName: `Account number ${index}`,
      contactEmail: `contact${index}@example.com`,
      currencyCode: ['USD', 'EUR', 'GBP'][index % 3],
      fundingNotification: [{ emailAddress: `funding${index % 5}@example.com` }],
    },
  });
  const id = `SELECT id FROM accounts WHERE account_identifier = 'account-${index}'`;
  await world.dataSource.query(
    `UPDATE balances SET posted_minor = ${index * 100} WHERE account_id = (${id})`,
  );
  await world.dataSource.query(
    `UPDATE accounts SET created_at = '2026-01-01T00:00:00Z'::timestamptz + ${index} * interval '1 day'
     WHERE account_identifier = 'account-${index}'`,
  );
  return body.accountNumber;
}

const list = (query: string, path = '/raas/v2/accounts'): Promise<TestResponse> =>
  world.send('GET', `${path}?${query}`, { headers });

/** The numbers in the identifiers of the response. */
function indexes({ body }: TestResponse): number[] {
  const items = (Array.isArray(body) ? body : body.items) as { accountIdentifier: string }[];
  return items.map(({ accountIdentifier }) => Number(accountIdentifier.replace('account-', '')));
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('Lists of accounts', () => {
  it('are bare arrays of all accounts, of the platform or of one customer', async () => {
    expect(indexes(await list(''))).toEqual([...range(1, TOTAL), 99]);
    expect(indexes(await list('', `/customers/${customer.identifier}/accounts`))).toEqual(range(1, TOTAL));
    expect(indexes(await list('', `/raas/v2/customers/${customer.identifier}/accounts`))).toEqual(
      range(1, TOTAL),
    );
  });

  it('come in pages of 10 forwards and backwards', async () => {
    const path = `/customers/${customer.identifier}/accounts`;
    const first = await list('paginate=true', path);
    expect(first.body).toEqual({
      numberOfElements: 10,
      maxResults: 10,
      prevCursor: null,
      nextCursor: expect.any(String),
      prevPageAvailable: false,
      nextPageAvailable: true,
      items: expect.any(Array),
    });
    const second = await list(`paginate=true&cursor=${first.body.nextCursor}`, path);
    const third = await list(`paginate=true&cursor=${second.body.nextCursor}`, path);
    expect([first, second, third].map(indexes)).toEqual([range(1, 10), range(11, 20), range(21, 25)]);
    expect(third.body).toMatchObject({
      numberOfElements: 5,
      prevPageAvailable: true,
      nextPageAvailable: false,
    });
    expect(third.body.nextCursor).toBeNull();
    const back = await list(`paginate=true&cursor=${third.body.prevCursor}`, path);
    expect(indexes(back)).toEqual(range(11, 20));
    expect(back.body).toMatchObject({ prevPageAvailable: true, nextPageAvailable: true });
    const start = await list(`paginate=true&cursor=${back.body.prevCursor}`, path);
    expect(indexes(start)).toEqual(range(1, 10));
    expect(start.body).toMatchObject({ prevPageAvailable: false, prevCursor: null, nextPageAvailable: true });
  });

  it('neither repeat nor skip an account when accounts are opened meanwhile', async () => {
    const page = await list('paginate=true&maxResults=20');
    await open(customer, 100);
    const next = await list(`paginate=true&maxResults=20&cursor=${page.body.nextCursor}`);
    expect([...indexes(page), ...indexes(next)]).toEqual([...range(1, TOTAL), 99, 100]);
    await world.dataSource.query(`DELETE FROM balances WHERE posted_minor = 10000`);
    await world.dataSource.query(`DELETE FROM accounts WHERE account_identifier = 'account-100'`);
  });

  it.each([
    ['displayName=account%20NUMBER%207', [7]],
    ['contactEmail=CONTACT7@example.com', [7]],
    ['status=ACTIVE&currencyCode=EUR&maxBalance=7', [1, 4, 7]],
    ['status=FROZEN', []],
    ['status=DELETED', []],
    ['currencyCode=EUR&currencyCode=GBP&maxBalance=5', [1, 2, 4, 5]],
    ['currencyCode[]=EUR&currencyCode[]=GBP&maxBalance=5', [1, 2, 4, 5]],
    ['currencyCode=EUR,GBP&maxBalance=5', [1, 2, 4, 5]],
    ['minBalance=24', [24, 25, 99]],
    ['minBalance=24.01', [25, 99]],
    ['maxBalance=2.99', [1, 2]],
    ['minDateCreatedAt=2026-01-25T00:00:00Z', [24, 25, 99]],
    ['maxDateCreatedAt=2026-01-03', [1, 2]],
    ['fundingNotificationEmail=funding4@example.com&maxBalance=14', [4, 9, 14]],
    ['fundingNotificationEmail=funding4@example.com,funding3@example.com&maxBalance=8', [3, 4, 8]],
  ])('are filtered by %s', async (query, expected) => {
    expect(indexes(await list(query))).toEqual(expected);
    expect(indexes(await list(`${query}&paginate=true`))).toEqual(expected);
  });

  it('are filtered by the account number, with or without its letter', async () => {
    const [first = ''] = numbers;
    expect(indexes(await list(`accountNumber=${first}`))).toEqual([1]);
    expect(indexes(await list(`accountNumber=${first.slice(1)}`))).toEqual([1]);
  });

  it.each([
    'maxResults=0',
    'maxResults=201',
    'maxResults=x',
    'maxResults=1&maxResults=2',
    'cursor=x',
    'cursor=',
    'paginate=yes',
    'status=active',
    'currencyCode=eur',
    'minBalance=1e3',
    'minBalance=NaN',
    'minDateCreatedAt=yesterday',
    'maxDateCreatedAt=2026-13-01',
    'displayName=%00',
    'contactEmail=',
  ])('are refused with 400 for %s', async (query) => {
    const { status, body } = await list(
      `paginate=true&${query}`.replace('paginate=true&paginate', 'paginate'),
    );
    const [name] = query.split('=');
    const key = name === 'currencyCode' ? '400.011' : '400.001';
    expect([status, body.i18nKey, body.errors[0].path]).toEqual([400, key, name]);
  });

  it.each([
    ['frozen', 'FROZEN'],
    ['disabled', 'DISABLED'],
    ['closed', 'INACTIVE'],
    ['active', 'ACTIVE'],
  ])('show and filter an account that is %s as %s', async (core, wire) => {
    await world.dataSource.query(`UPDATE accounts SET status = $1 WHERE account_identifier = 'account-1'`, [
      core,
    ]);
    const { body } = await world.send('GET', '/raas/v2/accounts/ACCOUNT-1', { headers });
    expect([body.accountIdentifier, body.status]).toEqual(['account-1', wire]);
    expect(indexes(await list(`status=${wire}&maxBalance=1`))).toEqual([1]);
  });

  it('answer 404.003 for an unknown account', async () => {
    const { status, body } = await world.send('GET', '/raas/v2/accounts/unknown', { headers });
    expect([status, body.i18nKey]).toEqual([404, '404.003']);
  });
});
