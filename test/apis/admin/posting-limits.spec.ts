import { NDJSON, readVerdicts } from '../../support/bulk.js';
import {
  type AdminClient,
  anAdminClient,
  approved,
  failed,
  REASON,
  twoAdmins,
  type TwoAdmins,
} from '../../support/admin.js';
import { Money, type TestAccount } from '../../support/money.js';
import { basicOf, bearerWith } from '../../support/tokens.js';
import { createWorld, type World } from '../../support/world.js';

let world: World;
let money: Money;
let admins: TwoAdmins;
let operator: AdminClient;
let approver: AdminClient;
let account: TestAccount;
let other: TestAccount;

beforeAll(async () => {
  world = await createWorld();
  money = new Money(world);
  admins = await twoAdmins(world);
  operator = admins.requester;
  approver = admins.approver;
});
afterAll(() => world.close());
beforeEach(async () => {
  account = await money.funded(100_000);
  other = await money.account(account.customer);
});

/** Just above the default limit of an operator; `AT` is the limit itself. */
const ABOVE = 10_000.01;
const AT = 10_000;

const orders = (amount: number): Record<string, [path: string, body: object]> => ({
  deposit: ['/deposits', { account: account.name, amount }],
  withdrawal: ['/withdrawals', { account: account.name, amount }],
  transfer: ['/transfers', { from: account.name, to: other.name, amount }],
  journal: [
    '/journals',
    {
      transfers: [
        { from: account.name, to: other.name, amount: amount - 1 },
        { from: account.name, to: other.name, amount: 1 },
      ],
    },
  ],
});

describe('The posting limit of an operator', () => {
  it.each(['deposit', 'withdrawal', 'transfer', 'journal'])('lets a %s at the limit pass', async (kind) => {
    const [path, body] = orders(AT)[kind] ?? ['', {}];
    expect((await operator.post(path, body)).status).toBe(201);
  });

  it.each(['deposit', 'withdrawal', 'transfer', 'journal'])(
    'requires an approval for a %s above it, whose summary shows exactly what is posted',
    async (kind) => {
      const [path, body] = orders(ABOVE)[kind] ?? ['', {}];
      const before = await balances();
      const { status, body: request } = await operator.post(path, body, {
        'idempotency-key': `above-${kind}`,
      });
      expect([status, request.action]).toEqual([202, 'transfer.post']);
      expect(await balances()).toEqual(before);
      const replayed = await operator.post(path, body, { 'idempotency-key': `above-${kind}` });
      expect([replayed.status, replayed.body.id]).toEqual([202, request.id]);
      const amounts = request.summary.legs.map(({ amount }: { amount: number }) => amount);
      expect(amounts).toEqual(kind === 'journal' ? [ABOVE - 1, 1] : [ABOVE]);
      const [leg] = request.summary.legs;
      const holder = { id: expect.stringMatching(/^cus_/), name: account.customer.displayName };
      const inside = { id: account.name, currency: 'USD', holder, number: expect.stringMatching(/^\d{12}$/) };
      expect(kind === 'deposit' ? leg.to : leg.from).toEqual(inside);
      expect(leg.from.holder === null).toBe(kind === 'deposit');
      expect((await approver.post(`/approvals/${request.id}/approve`)).status).toBe(200);
      expect(await balances()).not.toEqual(before);
      expect((await approver.post(`/approvals/${request.id}/approve`)).status).toBe(409);
    },
  );

  it('refuses a line of a bulk call above it', async () => {
    const line = {
      idempotencyKey: 'line-1',
      from: account.name,
      to: other.name,
      amount: ABOVE,
      reason: REASON,
    };
    const { text } = await world.send('POST', '/admin/transfers/bulk', {
      headers: { ...operator.headers, 'content-type': NDJSON },
      raw: `${JSON.stringify(line)}\n`,
    });
    expect(readVerdicts(text).verdicts[0]?.error).toMatchObject({ code: 'posting_limit_exceeded' });
    expect(await balances()).toEqual([100_000, 0]);
  });

  it('refuses to capture a hold above it, and nothing is posted', async () => {
    const hold = await operator.post('/holds', { account: account.name, amount: ABOVE });
    expect(failed(await operator.post(`/holds/${hold.body.id}/capture`))).toEqual([
      403,
      'posting_limit_exceeded',
    ]);
    expect(await approver.balanceOf(account.name)).toEqual([100_000, ABOVE]);
    expect((await approver.post(`/holds/${hold.body.id}/capture`)).status).toBe(200);
  });

  it('requires an approval for a reversal above it', async () => {
    const { body: posted } = await approver.post(...(orders(ABOVE).transfer ?? ['', {}]));
    const { status, body } = await operator.post(`/transfers/${posted.id}/reverse`);
    expect([status, body.summary]).toMatchObject([202, { transfer: posted.id, legs: [{ amount: ABOVE }] }]);
    expect(await balances()).toEqual([100_000 - ABOVE, ABOVE]);
    await approver.post(`/approvals/${body.id}/approve`);
    expect(await balances()).toEqual([100_000, 0]);
  });

  it('applies to an approver with a narrowed token', async () => {
    const admin = await world.make.anAdmin('approver');
    const narrowed = await bearerWith(world, basicOf(admin), 'admin:read admin:write');
    const [path, body] = orders(ABOVE).deposit ?? ['', {}];
    const send = (headers: Record<string, string>) =>
      world.send('POST', `/admin${path}`, { headers, body: { ...body, reason: REASON } });
    expect((await send(narrowed)).status).toBe(202);
    expect((await send(await bearerWith(world, basicOf(admin)))).status).toBe(201);
  });

  it('leaves a request stale when the account is frozen meanwhile', async () => {
    const { body } = await operator.post(...(orders(ABOVE).withdrawal ?? ['', {}]));
    await operator.post(`/accounts/${account.name}/freeze`);
    expect(failed(await approver.post(`/approvals/${body.id}/approve`))).toEqual([409, 'approval_stale']);
  });
});

describe('Posting limits', () => {
  it('are listed, and changed with an approval, effective within a second', async () => {
    const path = '/posting-limits/operator/USD';
    const limitOf = async () =>
      (await operator.get('/posting-limits')).body.items.find(
        ({ id }: { id: string }) => id === 'lim_operator_USD',
      );
    expect(await limitOf()).toMatchObject({ limit: 10_000, isDefault: true });
    const requested = await operator.send('PUT', path, { limit: 20.5 });
    expect([requested.status, requested.body.summary]).toMatchObject([
      202,
      { role: 'operator', currency: 'USD', before: { limit: 10_000 }, after: { limit: 20.5 } },
    ]);
    expect((await approver.post(`/approvals/${requested.body.id}/approve`)).status).toBe(200);
    const deadline = Date.now() + 1_000;
    while ((await limitOf()).isDefault && Date.now() < deadline) await new Promise(setImmediate);
    expect(await limitOf()).toMatchObject({ limit: 20.5, isDefault: false });
    const deposit = (amount: number) => operator.post('/deposits', { account: account.name, amount });
    expect([(await deposit(20.5)).status, (await deposit(20.51)).status]).toEqual([201, 202]);
    const second = await anAdminClient(world);
    const back = await approver.send('PUT', path, { limit: 10_000 });
    expect((await second.post(`/approvals/${back.body.id}/approve`)).status).toBe(200);
  });

  it.each([
    ['an unknown currency', 'operator/XQQ', 100, 404],
    ['an unknown role', 'viewer/USD', 100, 404],
    ['more decimals than the currency has', 'operator/USD', 1.005, 400],
    ['nothing', 'operator/USD', 0, 400],
  ])('are not changed for %s', async (_, name, limit, status) => {
    expect((await operator.send('PUT', `/posting-limits/${name}`, { limit })).status).toBe(status);
  });

  it('do not apply to platforms and holders', async () => {
    const headers = await world.make.platformHeaders(account.platformId);
    const body = { transferFrom: account.identifier, transferTo: other.identifier, amount: 60_000 };
    expect((await world.send('POST', '/raas/v2/transferFunds', { headers, body })).status).toBe(200);
  });

  it('apply to an approver at five times the amount', async () => {
    const { status } = await approver.post('/deposits', { account: account.name, amount: 50_000.01 });
    expect(status).toBe(202);
    const { status: decided } = await approved(
      { requester: approver, approver: await anAdminClient(world) },
      '/deposits',
      { account: account.name, amount: 50_000.01 },
    );
    expect(decided).toBe('approved');
  });
});

async function balances(): Promise<number[]> {
  const [[first], [second]] = [await approver.balanceOf(account.name), await approver.balanceOf(other.name)];
  return [first, second];
}
