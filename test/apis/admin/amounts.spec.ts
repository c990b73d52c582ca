import { type AdminClient, anAdminClient, failed, fieldsOf } from '../../support/admin.js';
import { JSON_TYPE } from '../../support/bad-input.js';
import { Money, type TestAccount } from '../../support/money.js';
import { type TestResponse, createWorld, type World } from '../../support/world.js';

let world: World;
let admin: AdminClient;
let money: Money;

beforeAll(async () => {
  world = await createWorld();
  await world.make.noPostingLimits();
  admin = await anAdminClient(world);
  money = new Money(world);
});
afterAll(() => world.close());

const balance = ({ name }: TestAccount): Promise<[number, number]> => admin.balanceOf(name);

describe('An amount', () => {
  const AMOUNTS: [currency: string, raw: string, stands: number | null][] = [
    ['USD', '0', null],
    ['USD', '-0', null],
    ['USD', '-1', null],
    ['USD', '0.01', 0.01],
    ['USD', '1e-2', 0.01],
    ['USD', '1E2', 100],
    ['USD', '10.50', 10.5],
    ['USD', '0.001', null],
    ['USD', '1e-3', null],
    ['USD', '10.505', null],
    ['USD', '10.000000000000000001', null],
    ['USD', '9999999999999.99', 9_999_999_999_999.99],
    ['USD', '10000000000000', null],
    ['USD', '1e15', null],
    ['USD', '1e400', null],
    ['USD', '"10.00"', null],
    ['USD', '"1e2"', null],
    ['USD', 'null', null],
    ['USD', 'true', null],
    ['USD', '[1]', null],
    ['USD', '{}', null],
    ['JPY', '100', 100],
    ['JPY', '100.0', 100],
    ['JPY', '0.5', null],
    ['JPY', '100.5', null],
    ['BHD', '0.125', 0.125],
    ['BHD', '0.0001', null],
    ['BTC', '0.00000001', 0.00000001],
    ['BTC', '1e-8', 0.00000001],
    ['BTC', '1e-9', null],
    ['BTC', '9999999.99999999', 9_999_999.99999999],
    ['BTC', '10000000', null],
  ];

  it.each(AMOUNTS)('in %s of %s is exact or refused, at every call', async (currency, raw, stands) => {
    await world.dataSource.query(
      `INSERT INTO jurisdiction_currencies (jurisdiction_code, currency_code, created_at)
       VALUES ('GB', 'BHD', now()) ON CONFLICT DO NOTHING`,
    );
    const customer = await world.make.aCustomer({ countryOfResidence: 'GB' });
    const account = await money.account(customer, currency);
    const send = (path: string, fields_: object): Promise<TestResponse> =>
      world.send('POST', `/admin${path}`, {
        headers: { ...admin.headers, ...JSON_TYPE },
        raw: `{"reason":"an amount","amount":${raw},${JSON.stringify(fields_).slice(1)}`,
      });
    const deposit = await send('/deposits', { account: account.name });
    if (stands === null) {
      expect([...failed(deposit), ...fieldsOf(deposit)]).toEqual([400, 'validation_failed', 'amount']);
      expect(await balance(account)).toEqual([0, 0]);
      await money.deposit(account, currency === 'BTC' ? 1 : 1_000);
    } else {
      expect([deposit.status, deposit.body.amount]).toEqual([201, stands]);
      expect(await balance(account)).toEqual([stands, 0]);
    }
    const hold = await send('/holds', { account: account.name });
    const withdrawn = await send('/withdrawals', { account: account.name });
    expect(hold.status).toBe(stands === null ? 400 : 201);
    // The whole amount is held now.
    expect(withdrawn.status).toBe(stands === null ? 400 : 409);
  });

  it('of NaN is not JSON', async () => {
    const raw = '{"reason":"an amount","account":"acc_1_1","amount":NaN}';
    const answer = await world.send('POST', '/admin/deposits', {
      headers: { ...admin.headers, ...JSON_TYPE },
      raw,
    });
    expect(failed(answer)).toEqual([400, 'body_malformed']);
  });
});

describe('Invalid requests', () => {
  it.each([
    ['a missing account', { account: undefined }, 'account'],
    ['no id', { account: 'nonsense' }, 'account'],
    ['another kind of id', { account: 'cus_1_1' }, 'account'],
    ['a missing amount', { amount: undefined }, 'amount'],
    ['an empty reference', { reference: '' }, 'reference'],
    ['a long reference', { reference: 'a'.repeat(101) }, 'reference'],
    ['a control character', { description: 'a\u0007b' }, 'description'],
    ['a day that does not exist', { effectiveDate: '2026-02-30' }, 'effectiveDate'],
    ['a time for a day', { effectiveDate: '2026-01-01T00:00:00Z' }, 'effectiveDate'],
    ['metadata that is text', { metadata: 'a' }, 'metadata'],
    ['metadata with a number', { metadata: { a: 1 } }, 'metadata'],
    ['metadata with a bad key', { metadata: { 'a b': '1' } }, 'metadata'],
    ['long metadata', { metadata: { a: 'x'.repeat(501) } }, 'metadata'],
    [
      'too much metadata',
      { metadata: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`k${i}`, ''])) },
      'metadata',
    ],
    ['no reason', { reason: undefined }, 'reason'],
  ])('are refused for %s and change nothing', async (_name, wrong, path) => {
    const account = await money.account();
    const answer = await admin.post('/deposits', { account: account.name, amount: 1, ...wrong });
    expect([...failed(answer), ...fieldsOf(answer)]).toEqual([400, 'validation_failed', path]);
    expect(await balance(account)).toEqual([0, 0]);
  });

  it('get 404 for accounts and transfers that do not exist', async () => {
    const account = await money.funded(1);
    const nobody = `acc_${account.platformId}_999999999`;
    expect(failed(await admin.post('/deposits', { account: nobody, amount: 1 }))).toEqual([
      404,
      'object_not_found',
    ]);
    const transfer = await admin.post('/transfers', { from: account.name, to: nobody, amount: 1 });
    expect(failed(transfer)).toEqual([404, 'object_not_found']);
    expect((await admin.get('/transfers/trf_1_999999999')).status).toBe(404);
    expect((await admin.post('/transfers/trf_1_999999999/reverse')).status).toBe(404);
  });
});
