import { type AdminClient, anAdminClient } from '../../support/admin.js';
import { JSON_TYPE } from '../../support/bad-input.js';
import { Money, type TestAccount } from '../../support/money.js';
import { createWorld, type Answer, type World } from '../../support/world.js';

let world: World;
let admin: AdminClient;
let second: AdminClient;
let money: Money;

const TIME: unknown = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
const ID: unknown = expect.stringMatching(/^trf_\d+_\d+$/);

beforeAll(async () => {
  world = await createWorld();
  admin = await anAdminClient(world);
  second = await anAdminClient(world);
  money = new Money(world);
});
afterAll(() => world.close());

/** What an account has, in major units: posted and locked. */
async function balance({ name }: TestAccount): Promise<[number, number]> {
  const { body } = await admin.get(`/accounts/${name}`);
  return [body.posted, body.locked];
}

const today = (): string => new Date().toISOString().slice(0, 10);
const failed = ({ status, body }: Answer): unknown[] => [status, body.code];
const fields = ({ body }: Answer): string[] => (body.errors as { path: string }[]).map(({ path }) => path);

describe('Deposits and withdrawals', () => {
  it('answer 201 with every documented field', async () => {
    const account = await money.account();
    const details = { reference: 'invoice-1', description: 'First', metadata: { order: '4711' } };
    const deposit = await admin.post('/deposits', {
      ...{ account: account.name, amount: 25.5, effectiveDate: '2026-01-15' },
      ...details,
    });
    const settlement: unknown = expect.stringMatching(/^acc_\d+_\d+$/);
    expect([deposit.status, deposit.body]).toEqual([
      201,
      {
        ...{ object: 'transfer', id: ID, journal: deposit.body.id, kind: 'deposit', from: settlement },
        ...{ to: account.name, currency: 'USD', amount: 25.5, fromBalance: -25.5, toBalance: 25.5 },
        ...{ postedAt: TIME, effectiveDate: '2026-01-15', ...details, reverses: null, reversedBy: null },
        hold: null,
      },
    ]);
    const withdrawal = await admin.post('/withdrawals', { account: account.name, amount: 5 });
    expect(withdrawal.body).toMatchObject({
      ...{ kind: 'withdrawal', from: account.name, to: deposit.body.from, amount: 5, fromBalance: 20.5 },
      ...{ effectiveDate: today(), reference: null, description: null, metadata: {} },
    });
    expect(await balance(account)).toEqual([20.5, 0]);
    expect((await admin.get(`/transfers/${deposit.body.id}`)).body).toEqual(deposit.body);
  });

  it('open one settlement account for a platform and currency, however many come first at once', async () => {
    const account = await money.account();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => admin.post('/deposits', { account: account.name, amount: 1 })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201));
    const where = `platform_id = ${account.platformId} AND channel = 'settlement'`;
    expect(await world.count('accounts', where)).toBe(1);
    const { body } = await admin.get(`/accounts/${String(answers[0]?.body.from)}`);
    expect(body).toMatchObject({
      channel: 'settlement',
      customer: null,
      holderName: 'Settlement',
      posted: -8,
    });
    expect(body.allowedActs).toEqual([]);
    expect(failed(await admin.post(`/accounts/${String(answers[0]?.body.from)}/freeze`))).toEqual([
      409,
      'transition_not_allowed',
    ]);
  });

  it('are not for settlement accounts', async () => {
    const account = await money.account();
    const { body } = await admin.post('/deposits', { account: account.name, amount: 1 });
    const answer = await admin.post('/deposits', { account: body.from, amount: 1 });
    expect([...failed(answer), ...fields(answer)]).toEqual([400, 'validation_failed', 'account']);
  });

  it('refuse more than is available', async () => {
    const account = await money.funded(10);
    const answer = await admin.post('/withdrawals', { account: account.name, amount: 10.01 });
    expect(failed(answer)).toEqual([409, 'insufficient_funds']);
    expect(await balance(account)).toEqual([10, 0]);
  });

  it('refuse a balance of 10^15 minor units and more', async () => {
    const account = await money.funded(9_999_999_999_999.99);
    const answer = await admin.post('/deposits', { account: account.name, amount: 0.01 });
    expect(failed(answer)).toEqual([409, 'balance_limit_exceeded']);
    expect(await balance(account)).toEqual([9_999_999_999_999.99, 0]);
  });
});

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
    const send = (path: string, fields_: object): Promise<Answer> =>
      world.send('POST', `/admin${path}`, {
        headers: { ...admin.headers, ...JSON_TYPE },
        raw: `{"reason":"an amount","amount":${raw},${JSON.stringify(fields_).slice(1)}`,
      });
    const deposit = await send('/deposits', { account: account.name });
    if (stands === null) {
      expect([...failed(deposit), ...fields(deposit)]).toEqual([400, 'validation_failed', 'amount']);
      expect(await balance(account)).toEqual([0, 0]);
      await money.deposit(account, currency === 'BTC' ? 1 : 1_000);
    } else {
      expect([deposit.status, deposit.body.amount]).toEqual([201, stands]);
      expect(await balance(account)).toEqual([stands, 0]);
    }
    const hold = await send('/holds', { account: account.name });
    const withdrawn = await send('/withdrawals', { account: account.name });
    expect(hold.status).toBe(stands === null ? 400 : 201);
    // All of it is held now.
    expect(withdrawn.status).toBe(stands === null ? 400 : 409);
  });

  it('of NaN is not JSON', async () => {
    const raw = '{"reason":"an amount","account":"acc_1_1","amount":NaN}';
    const answer = await world.send('POST', '/admin/deposits', {
      ...{ headers: { ...admin.headers, ...JSON_TYPE }, raw },
    });
    expect(failed(answer)).toEqual([400, 'body_malformed']);
  });
});

describe('Bad orders', () => {
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
    expect([...failed(answer), ...fields(answer)]).toEqual([400, 'validation_failed', path]);
    expect(await balance(account)).toEqual([0, 0]);
  });

  it('name accounts that do not exist', async () => {
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

describe('Transfers', () => {
  it('go between accounts of one platform and currency', async () => {
    const from = await money.funded(10);
    const to = await money.account(from.customer);
    const answer = await admin.post('/transfers', { from: from.name, to: to.name, amount: 2.5 });
    expect(answer.body).toMatchObject({ kind: 'transfer', fromBalance: 7.5, toBalance: 2.5 });
    const euros = await money.account(from.customer, 'EUR');
    const other = await money.account();
    const send = (body: object): Promise<Answer> => admin.post('/transfers', { amount: 1, ...body });
    expect(failed(await send({ from: from.name, to: euros.name }))).toEqual([409, 'currency_mismatch']);
    expect(fields(await send({ from: from.name, to: other.name }))).toEqual(['to']);
    expect(fields(await send({ from: from.name, to: from.name }))).toEqual(['to']);
    expect(await balance(from)).toEqual([7.5, 0]);
  });

  it('have a reference once on their platform, and as often as there are platforms', async () => {
    const [account, other] = [await money.account(), await money.account()];
    const body = { account: account.name, amount: 1, reference: 'the-same' };
    expect((await admin.post('/deposits', body)).status).toBe(201);
    expect(failed(await admin.post('/deposits', body))).toEqual([409, 'reference_taken']);
    expect((await admin.post('/deposits', { ...body, account: other.name })).status).toBe(201);
    expect(await balance(account)).toEqual([1, 0]);
  });

  it('under an Idempotency-Key are posted once and answered alike', async () => {
    const account = await money.account();
    const key = { 'idempotency-key': 'deposit-1' };
    const body = { account: account.name, amount: 3 };
    const answers = await Promise.all([1, 2, 3].map(() => admin.post('/deposits', body, key)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await balance(account)).toEqual([3, 0]);
    const other = await admin.post('/deposits', { ...body, amount: 4 }, key);
    expect(failed(other)).toEqual([409, 'idempotency_key_reused']);
  });

  it('are listed, newest first, by everything that one looks for', async () => {
    const from = await money.funded(10);
    const to = await money.account(from.customer);
    await admin.post('/transfers', { from: from.name, to: to.name, amount: 1, reference: 'look-for-me' });
    const list = async (query: string): Promise<string[]> =>
      ((await admin.get(`/transfers?${query}`)).body.items as { kind: string }[]).map(({ kind }) => kind);
    expect(await list(`account=${from.name}`)).toEqual(['transfer', 'deposit']);
    expect(await list(`account=${to.name}`)).toEqual(['transfer']);
    expect(await list(`platform=plt_${from.platformId}&kind=deposit`)).toEqual(['deposit']);
    expect(await list('reference=look-for-me')).toEqual(['transfer']);
    expect(await list(`account=${from.name}&until=2000-01-01T00:00:00Z`)).toEqual([]);
    expect(await list(`account=${from.name}&from=2000-01-01T00:00:00Z&currency=USD`)).toHaveLength(2);
    expect(await list(`account=${from.name}&sort=id&limit=1`)).toEqual(['deposit']);
    expect((await admin.get('/transfers?account=nonsense')).status).toBe(400);
  });
});

describe('Who may move money', () => {
  it('not out of a frozen account; into it, yes', async () => {
    const from = await money.funded(10);
    const to = await money.account(from.customer);
    await admin.post(`/accounts/${from.name}/freeze`);
    const out = await admin.post('/transfers', { from: from.name, to: to.name, amount: 1 });
    expect(failed(out)).toEqual([409, 'account_frozen']);
    expect((await admin.post('/deposits', { account: from.name, amount: 1 })).status).toBe(201);
    expect(await balance(from)).toEqual([11, 0]);
  });

  it.each(['disable', 'close'])('neither into nor out of an account after %s', async (act) => {
    const account = await money.account();
    const other = await money.funded(1, account.customer);
    await admin.post(`/accounts/${account.name}/${act}`);
    const deposit = await admin.post('/deposits', { account: account.name, amount: 1 });
    expect(failed(deposit)).toEqual([409, 'account_not_active']);
    const transfer = await admin.post('/transfers', { from: other.name, to: account.name, amount: 1 });
    expect(failed(transfer)).toEqual([409, 'account_not_active']);
    const hold = await admin.post('/holds', { account: account.name, amount: 1 });
    expect(failed(hold)).toEqual([409, 'account_not_active']);
  });

  it('nobody who is suspended', async () => {
    const account = await money.funded(10);
    const { platformId, id } = account.customer;
    await admin.post(`/customers/cus_${platformId}_${id}/suspend`);
    const answer = await admin.post('/withdrawals', { account: account.name, amount: 1 });
    expect(failed(answer)).toEqual([409, 'customer_suspended']);
    expect((await admin.post('/deposits', { account: account.name, amount: 1 })).status).toBe(201);
  });

  it('nobody whose KYC has run out, where the platform restricts debits then: also before that is noted', async () => {
    const platform = await world.make.aPlatform({ kycExpiryRestrictsDebits: true });
    const lenient = await world.make.aPlatform();
    const results = await Promise.all(
      [platform, lenient].map(async ({ id: platformId }) => {
        const customer = await world.make.aCustomer({ platformId, countryOfResidence: null });
        const account = await money.funded(10, customer);
        await world.dataSource.query('UPDATE customers SET kyc_expires_at = now() WHERE id = $1', [
          customer.id,
        ]);
        return (await admin.post('/withdrawals', { account: account.name, amount: 1 })).body.code as unknown;
      }),
    );
    expect(results).toEqual(['debits_restricted', undefined]);
  });
});

describe('A journal', () => {
  it('posts all of its transfers, each after those before it', async () => {
    const a = await money.funded(10);
    const [b, c] = [await money.account(a.customer), await money.account(a.customer)];
    const answer = await admin.post('/journals', {
      transfers: [
        { from: a.name, to: b.name, amount: 10, reference: 'leg-1' },
        { from: b.name, to: c.name, amount: 4, description: 'passed on' },
      ],
    });
    expect(answer.status).toBe(201);
    const [first, next] = answer.body.transfers;
    expect(answer.body).toMatchObject({ object: 'journal', id: first.id });
    expect([first.journal, next.journal]).toEqual([first.id, first.id]);
    expect([next.fromBalance, next.toBalance, next.description]).toEqual([6, 4, 'passed on']);
    expect((await admin.get(`/journals/${first.id}`)).body).toEqual(answer.body);
    expect((await admin.get(`/journals/${next.id}`)).status).toBe(404);
    expect([await balance(a), await balance(b), await balance(c)]).toEqual([
      [0, 0],
      [6, 0],
      [4, 0],
    ]);
  });

  it('posts nothing when one of them is not possible', async () => {
    const a = await money.funded(10);
    const [b, c] = [await money.account(a.customer), await money.account(a.customer)];
    const before = await world.count('events');
    const answer = await admin.post('/journals', {
      transfers: [
        { from: a.name, to: b.name, amount: 10 },
        { from: a.name, to: c.name, amount: 0.01 },
      ],
    });
    expect(failed(answer)).toEqual([409, 'insufficient_funds']);
    expect([await balance(a), await balance(b)]).toEqual([
      [10, 0],
      [0, 0],
    ]);
    expect(await world.count('events')).toBe(before);
  });

  it('names the leg that is wrong', async () => {
    const a = await money.funded(10);
    const b = await money.account(a.customer);
    const leg = { from: a.name, to: b.name, amount: 1 };
    const send = (transfers: unknown): Promise<Answer> => admin.post('/journals', { transfers });
    expect(fields(await send([leg, { ...leg, amount: 0.001 }]))).toEqual(['transfers[1].amount']);
    expect(fields(await send([leg, { ...leg, to: 'x' }]))).toEqual(['transfers[1].to']);
    expect(fields(await send([leg, { ...leg, to: a.name }]))).toEqual(['transfers[1].to']);
    expect(fields(await send([leg, { ...leg, amount: 0 }]))).toEqual(['transfers[1].amount']);
    expect(fields(await send([]))).toEqual(['transfers']);
    expect(fields(await send('x'))).toEqual(['transfers']);
    expect(fields(await send(Array.from({ length: 101 }, () => leg)))).toEqual(['transfers']);
    expect(await balance(a)).toEqual([10, 0]);
  });
});

describe('A reversal', () => {
  it('undoes a transfer by a new one, once', async () => {
    const account = await money.funded(10);
    const { body: deposit } = await admin.post('/deposits', { account: account.name, amount: 5 });
    const answer = await admin.post(`/transfers/${deposit.id}/reverse`, { description: 'Paid twice' });
    expect(answer.status).toBe(201);
    expect(answer.body.transfers).toEqual([
      expect.objectContaining({
        ...{ kind: 'reversal', from: account.name, to: deposit.from, amount: 5, fromBalance: 10 },
        ...{ reverses: deposit.id, description: 'Paid twice', reference: null },
      }),
    ]);
    expect((await admin.get(`/transfers/${deposit.id}`)).body.reversedBy).toBe(answer.body.id);
    const again = await admin.post(`/transfers/${deposit.id}/reverse`);
    expect([...failed(again), again.body.state]).toEqual([409, 'transition_not_allowed', 'reversed']);
    const back = await admin.post(`/transfers/${answer.body.id}/reverse`);
    expect([...failed(back), back.body.state]).toEqual([409, 'transition_not_allowed', 'reversal']);
    expect(await balance(account)).toEqual([10, 0]);
  });

  it('undoes everything that was posted together, last first', async () => {
    const a = await money.funded(10);
    const [b, c] = [await money.account(a.customer), await money.account(a.customer)];
    const { body: journal } = await admin.post('/journals', {
      transfers: [
        { from: a.name, to: b.name, amount: 10 },
        { from: b.name, to: c.name, amount: 10 },
      ],
    });
    const [first, next] = journal.transfers;
    const { body: reversal } = await admin.post(`/transfers/${next.id}/reverse`);
    expect(reversal.transfers.map((leg: { reverses: string }) => leg.reverses)).toEqual([next.id, first.id]);
    expect([await balance(a), await balance(b), await balance(c)]).toEqual([
      [10, 0],
      [0, 0],
      [0, 0],
    ]);
  });

  it('is not possible when the money is gone', async () => {
    const account = await money.account();
    const { body: deposit } = await admin.post('/deposits', { account: account.name, amount: 5 });
    await money.withdraw(account, 1);
    const answer = await admin.post(`/transfers/${deposit.id}/reverse`);
    expect(failed(answer)).toEqual([409, 'insufficient_funds']);
    expect(await balance(account)).toEqual([4, 0]);
  });
});

describe('An adjustment', () => {
  const ask = (body: object): Promise<Answer> => admin.post('/adjustments', body);

  it('is posted when a second person approves, with a reason on the trail', async () => {
    const account = await money.funded(10);
    const asked = await ask({
      ...{ account: account.name, direction: 'debit', amount: 2.5, description: 'Charged by mistake' },
      effectiveDate: '2026-01-31',
    });
    expect([asked.status, asked.body.action, asked.body.payload.amountMinor]).toEqual([
      202,
      'account.adjust',
      '250',
    ]);
    expect(await balance(account)).toEqual([10, 0]);
    expect(failed(await admin.post(`/approvals/${asked.body.id}/approve`))).toEqual([
      403,
      'second_person_required',
    ]);
    expect((await second.post(`/approvals/${asked.body.id}/approve`)).status).toBe(200);
    expect(await balance(account)).toEqual([7.5, 0]);
    const { body } = await admin.get(`/transfers?account=${account.name}&kind=adjustment`);
    expect(body.items).toEqual([
      expect.objectContaining({
        ...{ from: account.name, amount: 2.5, description: 'Charged by mistake' },
        ...{ effectiveDate: '2026-01-31', metadata: { approval: asked.body.id } },
      }),
    ]);
    const [entry] = await admin.trailOf(body.items[0].id as string);
    expect(entry).toMatchObject({ action: 'adjustment.posted', outcome: 'done' });
  });

  it('mends a frozen account, not a closed one; several of one account may wait at once', async () => {
    const account = await money.account();
    const asked = [
      await ask({ account: account.name, direction: 'credit', amount: 3 }),
      await ask({ account: account.name, direction: 'debit', amount: 3 }),
      await ask({ account: account.name, direction: 'credit', amount: 1 }),
    ];
    expect(asked.map(({ status }) => status)).toEqual([202, 202, 202]);
    const [credit, debit, late] = asked.map(({ body }) => `/approvals/${String(body.id)}/approve`);
    expect(failed(await second.post(debit ?? ''))).toEqual([409, 'insufficient_funds']);
    await admin.post(`/accounts/${account.name}/freeze`);
    expect((await second.post(credit ?? '')).status).toBe(200);
    expect((await second.post(debit ?? '')).status).toBe(200);
    await admin.post(`/accounts/${account.name}/unfreeze`);
    await admin.post(`/accounts/${account.name}/close`);
    expect(failed(await second.post(late ?? ''))).toEqual([409, 'account_not_active']);
    expect(await balance(account)).toEqual([0, 0]);
  });
});
