import { type AdminClient, anAdminClient, failed, fieldsOf } from '../../support/admin.js';
import { Money, type TestAccount } from '../../support/money.js';
import { type TestResponse, createWorld, type World } from '../../support/world.js';

let world: World;
let admin: AdminClient;
let money: Money;

const TIME: unknown = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
const ID: unknown = expect.stringMatching(/^trf_\d+_\d+$/);

beforeAll(async () => {
  world = await createWorld();
  admin = await anAdminClient(world);
  money = new Money(world);
});
afterAll(() => world.close());

const balance = ({ name }: TestAccount): Promise<[number, number]> => admin.balanceOf(name);
const today = (): string => new Date().toISOString().slice(0, 10);

describe('Deposits and withdrawals', () => {
  it('answer 201 with every documented field', async () => {
    const account = await money.account();
    // Keys that are also names of properties of Object.prototype are valid.
    const metadata = { order: '4711', valueOf: 'a name', toString: 'another' };
    const details = { reference: 'invoice-1', description: 'First', metadata };
    const deposit = await admin.post('/deposits', {
      account: account.name,
      amount: 25.5,
      effectiveDate: '2026-01-15',
      ...details,
    });
    const settlement: unknown = expect.stringMatching(/^acc_\d+_\d+$/);
    expect([deposit.status, deposit.body]).toEqual([
      201,
      {
        object: 'transfer',
        id: ID,
        journal: deposit.body.id,
        kind: 'deposit',
        from: settlement,
        to: account.name,
        currency: 'USD',
        amount: 25.5,
        fromBalance: -25.5,
        toBalance: 25.5,
        postedAt: TIME,
        effectiveDate: '2026-01-15',
        ...details,
        reverses: null,
        reversedBy: null,
        hold: null,
      },
    ]);
    const withdrawal = await admin.post('/withdrawals', { account: account.name, amount: 5 });
    expect(withdrawal.body).toMatchObject({
      kind: 'withdrawal',
      from: account.name,
      to: deposit.body.from,
      amount: 5,
      fromBalance: 20.5,
      effectiveDate: today(),
      reference: null,
      description: null,
      metadata: {},
    });
    expect(await balance(account)).toEqual([20.5, 0]);
    expect((await admin.get(`/transfers/${deposit.body.id}`)).body).toEqual(deposit.body);
  });

  it('open one settlement account per platform and currency, also by concurrent first requests', async () => {
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

  it('are refused for settlement accounts', async () => {
    const account = await money.account();
    const { body } = await admin.post('/deposits', { account: account.name, amount: 1 });
    const answer = await admin.post('/deposits', { account: body.from, amount: 1 });
    expect([...failed(answer), ...fieldsOf(answer)]).toEqual([400, 'validation_failed', 'account']);
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

describe('Transfers', () => {
  it('move money between accounts of one platform and currency', async () => {
    const from = await money.funded(10);
    const to = await money.account(from.customer);
    const answer = await admin.post('/transfers', { from: from.name, to: to.name, amount: 2.5 });
    expect(answer.body).toMatchObject({ kind: 'transfer', fromBalance: 7.5, toBalance: 2.5 });
    const euros = await money.account(from.customer, 'EUR');
    const other = await money.account();
    const send = (body: object): Promise<TestResponse> => admin.post('/transfers', { amount: 1, ...body });
    expect(failed(await send({ from: from.name, to: euros.name }))).toEqual([409, 'currency_mismatch']);
    expect(fieldsOf(await send({ from: from.name, to: other.name }))).toEqual(['to']);
    expect(fieldsOf(await send({ from: from.name, to: from.name }))).toEqual(['to']);
    expect(await balance(from)).toEqual([7.5, 0]);
  });

  it('have a reference that is unique on their platform', async () => {
    const [account, other] = [await money.account(), await money.account()];
    const body = { account: account.name, amount: 1, reference: 'the-same' };
    expect((await admin.post('/deposits', body)).status).toBe(201);
    expect(failed(await admin.post('/deposits', body))).toEqual([409, 'reference_taken']);
    expect((await admin.post('/deposits', { ...body, account: other.name })).status).toBe(201);
    expect(await balance(account)).toEqual([1, 0]);
  });

  it('replay a refusal with the same Idempotency-Key, including its media type', async () => {
    const account = await money.account();
    const key = { 'idempotency-key': 'refused' };
    const [first, second] = [
      await admin.post('/withdrawals', { account: account.name, amount: 5 }, key),
      await admin.post('/withdrawals', { account: account.name, amount: 5 }, key),
    ];
    expect([first.status, second.status, second.text]).toEqual([409, 409, first.text]);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(second.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  });

  it('with an Idempotency-Key are posted once and return the same response', async () => {
    const account = await money.account();
    const key = { 'idempotency-key': 'deposit-1' };
    const body = { account: account.name, amount: 3 };
    const answers = await Promise.all([1, 2, 3].map(() => admin.post('/deposits', body, key)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await balance(account)).toEqual([3, 0]);
    const other = await admin.post('/deposits', { ...body, amount: 4 }, key);
    expect(failed(other)).toEqual([409, 'idempotency_key_reused']);
  });

  it('are listed, the newest first, with each filter', async () => {
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

describe('The authority to move money', () => {
  it('debits no frozen account, but credits it', async () => {
    const from = await money.funded(10);
    const to = await money.account(from.customer);
    await admin.post(`/accounts/${from.name}/freeze`);
    const out = await admin.post('/transfers', { from: from.name, to: to.name, amount: 1 });
    expect(failed(out)).toEqual([409, 'account_frozen']);
    expect((await admin.post('/deposits', { account: from.name, amount: 1 })).status).toBe(201);
    expect(await balance(from)).toEqual([11, 0]);
  });

  it.each(['disable', 'close'])('neither debits nor credits an account after %s', async (act) => {
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

  it('is refused to a suspended customer or platform', async () => {
    const account = await money.funded(10);
    const { platformId, id } = account.customer;
    await admin.post(`/customers/cus_${platformId}_${id}/suspend`);
    const answer = await admin.post('/withdrawals', { account: account.name, amount: 1 });
    expect(failed(answer)).toEqual([409, 'customer_suspended']);
    expect((await admin.post('/deposits', { account: account.name, amount: 1 })).status).toBe(201);
  });

  it('is refused after KYC expiry where the platform restricts debits, also before the expiry is stored', async () => {
    const platform = await world.make.aPlatform({ kycExpiryRestrictsDebits: true });
    const lenient = await world.make.aPlatform();
    const results = await Promise.all(
      [platform, lenient].map(async ({ id: platformId }) => {
        const customer = await world.make.aCustomer({ platformId, countryOfResidence: null });
        const account = await money.funded(10, customer);
        await world.dataSource.query(
          'UPDATE customers SET kyc_expires_at = now() - make_interval(secs => 1) WHERE id = $1',
          [customer.id],
        );
        return (await admin.post('/withdrawals', { account: account.name, amount: 1 })).body.code as unknown;
      }),
    );
    expect(results).toEqual(['debits_restricted', undefined]);
  });
});
