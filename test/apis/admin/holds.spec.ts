import { HoldExpiry } from '../../../src/payments/hold-expiry.service.js';
import { type AdminClient, anAdminClient, failed, fieldsOf } from '../../support/admin.js';
import { Money, type TestAccount } from '../../support/money.js';
import { createWorld, type TestResponse, type World } from '../../support/world.js';

let world: World;
let admin: AdminClient;
let money: Money;

const TIME: unknown = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);

beforeAll(async () => {
  world = await createWorld();
  admin = await anAdminClient(world);
  money = new Money(world);
});
afterAll(() => world.close());

const balance = ({ name }: TestAccount): Promise<[number, number]> => admin.balanceOf(name);
const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();

async function hold(account: TestAccount, amount: number, more: object = {}): Promise<string> {
  const { body } = await admin.post('/holds', { account: account.name, amount, ...more });
  return body.id as string;
}

describe('A hold', () => {
  it('answers 201 with every documented field, and reduces the available balance by its amount', async () => {
    const account = await money.funded(100);
    const expiresAt = inHours(1);
    const details = { reference: 'booking-1', description: 'Room', metadata: { nights: '2' } };
    const answer = await admin.post('/holds', { account: account.name, amount: 60, expiresAt, ...details });
    expect([answer.status, answer.body]).toEqual([
      201,
      {
        object: 'hold',
        id: expect.stringMatching(/^hld_\d+_\d+$/),
        account: account.name,
        currency: 'USD',
        amount: 60,
        captured: 0,
        released: 0,
        remaining: 60,
        status: 'active',
        expiresAt,
        ...details,
        createdAt: TIME,
        updatedAt: TIME,
      },
    ]);
    expect(await balance(account)).toEqual([100, 60]);
    expect(failed(await admin.post('/withdrawals', { account: account.name, amount: 40.01 }))).toEqual([
      409,
      'insufficient_funds',
    ]);
    expect((await admin.post('/withdrawals', { account: account.name, amount: 40 })).status).toBe(201);
    expect((await admin.get(`/holds/${answer.body.id}`)).body).toEqual(answer.body);
    expect(failed(await admin.post(`/accounts/${account.name}/close`))).toEqual([409, 'account_not_empty']);
  });

  it.each([
    ['more than is available', { amount: 100.01 }, [409, 'insufficient_funds']],
    ['a time that is past', { expiresAt: '2020-01-01T00:00:00Z' }, [400, 'validation_failed']],
    ['no time', { expiresAt: 'soon' }, [400, 'validation_failed']],
    ['an account that is not there', { account: 'acc_1_999999' }, [404, 'object_not_found']],
  ])('is refused for %s', async (_name, wrong, expected) => {
    const account = await money.funded(100);
    const answer = await admin.post('/holds', { account: account.name, amount: 1, ...wrong });
    expect(failed(answer)).toEqual(expected);
    expect(await balance(account)).toEqual([100, 0]);
  });

  it('is refused for a settlement account', async () => {
    const account = await money.account();
    const deposit = await money.deposit(account, 1);
    const name = `acc_${account.platformId}_${deposit.debitAccountId}`;
    expect(fieldsOf(await admin.post('/holds', { account: name, amount: 1 }))).toEqual(['account']);
  });

  it('has a reference that is unique on its platform', async () => {
    const account = await money.funded(100);
    await hold(account, 1, { reference: 'the-same' });
    const answer = await admin.post('/holds', { account: account.name, amount: 1, reference: 'the-same' });
    expect(failed(answer)).toEqual([409, 'reference_taken']);
    expect(await balance(account)).toEqual([100, 1]);
  });
});

describe('A capture', () => {
  it('posts the whole amount to the settlement account by default', async () => {
    const account = await money.funded(100);
    const id = await hold(account, 60, { description: 'Room' });
    const answer = await admin.post(`/holds/${id}/capture`, { reference: 'capture-1' });
    expect([answer.status, answer.body.status, answer.body.captured]).toEqual([200, 'captured', 60]);
    expect(await balance(account)).toEqual([40, 0]);
    const { items } = (await admin.get('/transfers?reference=capture-1')).body;
    expect(items).toEqual([
      expect.objectContaining({
        kind: 'capture',
        amount: 60,
        hold: id,
        from: account.name,
        description: 'Room',
      }),
    ]);
  });

  it('posts a part to another account and releases the rest', async () => {
    const account = await money.funded(100);
    const shop = await money.account(account.customer);
    const id = await hold(account, 60);
    const { body } = await admin.post(`/holds/${id}/capture`, { amount: 45.5, to: shop.name });
    expect(body).toMatchObject({ status: 'captured', captured: 45.5, released: 14.5, remaining: 0 });
    expect([await balance(account), await balance(shop)]).toEqual([
      [54.5, 0],
      [45.5, 0],
    ]);
  });

  it('may be partial while the rest stays held', async () => {
    const account = await money.funded(100);
    const id = await hold(account, 60);
    const first = await admin.post(`/holds/${id}/capture`, { amount: 20, final: false });
    expect(first.body).toMatchObject({ status: 'active', captured: 20, remaining: 40 });
    expect(await balance(account)).toEqual([80, 40]);
    await admin.post(`/holds/${id}/release`, { amount: 15 });
    expect(await balance(account)).toEqual([80, 25]);
    const last = await admin.post(`/holds/${id}/capture`, { amount: 25, final: false });
    expect(last.body).toMatchObject({ status: 'captured', captured: 45, released: 15, remaining: 0 });
    expect(await balance(account)).toEqual([55, 0]);
  });

  it('is refused for more than remains, for a hold that ended, and to the same account', async () => {
    const account = await money.funded(100);
    const other = await money.account();
    const id = await hold(account, 60);
    const capture = (body: object): Promise<TestResponse> => admin.post(`/holds/${id}/capture`, body);
    expect(fieldsOf(await capture({ amount: 60.01 }))).toEqual(['amount']);
    expect(fieldsOf(await capture({ amount: 0.001 }))).toEqual(['amount']);
    expect(fieldsOf(await capture({ to: account.name }))).toEqual(['to']);
    expect(fieldsOf(await capture({ to: other.name }))).toEqual(['to']);
    const euros = await money.account(account.customer, 'EUR');
    expect(failed(await capture({ to: euros.name }))).toEqual([409, 'currency_mismatch']);
    expect(await balance(account)).toEqual([100, 60]);
    await admin.post(`/holds/${id}/release`);
    const late = await capture({});
    expect([...failed(late), late.body.state]).toEqual([409, 'transition_not_allowed', 'released']);
    expect((await admin.post('/holds/hld_1_999999/capture')).status).toBe(404);
  });

  it('is refused while the account is frozen', async () => {
    const account = await money.funded(100);
    const id = await hold(account, 60);
    await admin.post(`/accounts/${account.name}/freeze`);
    expect(failed(await admin.post(`/holds/${id}/capture`))).toEqual([409, 'account_frozen']);
    expect(await balance(account)).toEqual([100, 60]);
    expect((await admin.post(`/holds/${id}/release`)).status).toBe(200);
  });

  it('is reversed like any other transfer; the hold stays captured', async () => {
    const account = await money.funded(100);
    const id = await hold(account, 60);
    await admin.post(`/holds/${id}/capture`, { reference: 'capture-2' });
    const { items } = (await admin.get('/transfers?reference=capture-2')).body;
    expect((await admin.post(`/transfers/${items[0].id}/reverse`)).status).toBe(201);
    expect(await balance(account)).toEqual([100, 0]);
    expect((await admin.get(`/holds/${id}`)).body.status).toBe('captured');
  });
});

describe('A release', () => {
  it('releases a part or all of the hold', async () => {
    const account = await money.funded(100);
    const id = await hold(account, 60);
    const part = await admin.post(`/holds/${id}/release`, { amount: 10 });
    expect(part.body).toMatchObject({ status: 'active', released: 10, remaining: 50 });
    expect(fieldsOf(await admin.post(`/holds/${id}/release`, { amount: 50.01 }))).toEqual(['amount']);
    const all = await admin.post(`/holds/${id}/release`);
    expect([all.status, all.body.status, all.body.remaining]).toEqual([200, 'released', 0]);
    expect(await balance(account)).toEqual([100, 0]);
    expect(failed(await admin.post(`/holds/${id}/release`))).toEqual([409, 'transition_not_allowed']);
  });

  it('with an Idempotency-Key is done once', async () => {
    const account = await money.funded(100);
    const id = await hold(account, 60);
    const key = { 'idempotency-key': 'release-1' };
    const answers = await Promise.all(
      [1, 2, 3].map(() => admin.post(`/holds/${id}/release`, { amount: 10 }, key)),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await balance(account)).toEqual([100, 50]);
  });
});

describe('The expiry of a hold', () => {
  async function expiring(): Promise<{ account: TestAccount; id: string }> {
    const account = await money.funded(100);
    const id = await hold(account, 60, { expiresAt: inHours(1) });
    await world.dataSource.query(
      `UPDATE holds SET expires_at = now() - make_interval(secs => 1) WHERE id = $1`,
      [id.split('_')[2]],
    );
    return { account, id };
  }

  it('takes effect at once, and is recorded by a later round, which releases the money', async () => {
    const { account, id } = await expiring();
    const late = await admin.post(`/holds/${id}/capture`);
    expect(failed(late)).toEqual([409, 'transition_not_allowed']);
    const expiry = world.app.get(HoldExpiry);
    // Two concurrent rounds, as of two processes. The background round may have been faster than both.
    await Promise.all([expiry.expireDue(), expiry.expireDue()]);
    expect((await admin.get(`/holds/${id}`)).body).toMatchObject({ status: 'expired', released: 60 });
    expect(await balance(account)).toEqual([100, 0]);
    const entries = (await admin.trailOf(id)).map(({ action }) => action as string);
    expect(entries).toEqual(['hold.expired', 'hold.placed']);
  });

  it('is published as an event, like every change of a hold, in order', async () => {
    const { account, id } = await expiring();
    const held = await hold(account, 10);
    await admin.post(`/holds/${held}/capture`, { amount: 5, final: false });
    await admin.post(`/holds/${held}/release`);
    await world.app.get(HoldExpiry).expireDue();
    const events = await world.dataSource.query<{ type: string; hold: string | null }[]>(
      `SELECT type, data->'hold'->>'id' AS hold FROM events WHERE object_id = $1 ORDER BY id`,
      [account.name],
    );
    const told = events.map(({ type, hold: about }) => `${type} ${about ?? ''}`.trim());
    const expiredAt = told.indexOf(`hold.expired ${id}`);
    expect(expiredAt).toBeGreaterThan(0);
    expect(told.filter((line) => line !== `hold.expired ${id}`)).toEqual([
      'account.opened',
      'transfer.posted',
      `hold.placed ${id}`,
      `hold.placed ${held}`,
      'transfer.posted',
      `hold.captured ${held}`,
      `hold.released ${held}`,
    ]);
  });
});
