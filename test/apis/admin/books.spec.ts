import { setTimeout as pause } from 'node:timers/promises';
import {
  LedgerVerifier,
  VerificationCancelled,
} from '../../../src/ledger/reports/ledger-verifier.service.js';
import { HoldsService } from '../../../src/payments/holds.service.js';
import { type AdminClient, anAdminClient } from '../../support/admin.js';
import { Money, MONEY_ACT, type TestAccount } from '../../support/money.js';
import { createWorld, type World } from '../../support/world.js';

const COMMAND = { audit: MONEY_ACT, claim: null };

let world: World;
let money: Money;
let viewer: AdminClient;

beforeAll(async () => {
  world = await createWorld();
  money = new Money(world);
  viewer = await anAdminClient(world, 'viewer');
});
afterAll(() => world.close());
afterEach(() => jest.restoreAllMocks());

const named = ({ platformId, id }: TestAccount) => ({ platformId, id });

describe('A balance', () => {
  const balanceOf = (account: TestAccount, query = '') =>
    viewer.get(`/accounts/${account.name}/balance${query}`);

  it('shows the posted, locked and available amounts of the present', async () => {
    const account = await money.funded(100.25);
    const told = { expiresAt: null, reference: null, description: null, metadata: {} };
    await world.app.get(HoldsService).place({ account: named(account), amount: 25.5, ...told }, COMMAND);
    const { status, body } = await balanceOf(account);
    expect([status, body]).toEqual([
      200,
      {
        object: 'balance',
        account: account.name,
        currency: 'USD',
        at: expect.any(String),
        effectiveDate: null,
        posted: 100.25,
        locked: 25.5,
        available: 74.75,
        effective: null,
      },
    ]);
  });

  it('shows only the posted amount at a past time', async () => {
    const account = await money.funded(10);
    const [{ postedAt }] = (await viewer.get(`/accounts/${account.name}/statement`)).body.items;
    await pause(3);
    await money.withdraw(account, 4);
    const past = { locked: null, available: null, effective: null, effectiveDate: null };
    expect((await balanceOf(account, `?at=${postedAt}`)).body).toEqual({
      object: 'balance',
      account: account.name,
      currency: 'USD',
      at: postedAt,
      posted: 10,
      ...past,
    });
    expect((await balanceOf(account, '?at=2020-01-01T00:00:00Z')).body).toMatchObject({ posted: 0, ...past });
  });

  it('shows the effective amount of a day', async () => {
    const account = await money.account();
    await money.deposit(account, 7, { effectiveDate: '2026-01-31' });
    const days = ['2026-01-30', '2026-01-31'];
    const found = [];
    for (const day of days) found.push((await balanceOf(account, `?effectiveDate=${day}`)).body);
    expect(found).toEqual(
      [0, 7].map((effective, index) => ({
        object: 'balance',
        account: account.name,
        currency: 'USD',
        at: null,
        effectiveDate: days[index],
        posted: null,
        locked: null,
        available: null,
        effective,
      })),
    );
  });

  it.each([
    'at=now',
    'at=2026-02-30T00:00:00Z',
    'effectiveDate=2026-02-30',
    'effectiveDate=31.01.2026',
    'effectiveDate=0000-01-01',
    'at=2026-01-01T00:00:00Z&effectiveDate=2026-01-01',
    'unknown=1',
  ])('refuses ?%s', async (query) => {
    const { status, text } = await balanceOf(await money.account(), `?${query}`);
    expect([status, JSON.parse(text).code]).toEqual([400, 'validation_failed']);
  });
});

describe('A trial balance', () => {
  it('is summed per platform and currency', async () => {
    const usd = await money.funded(100.25);
    await money.withdraw(usd, 0.25);
    await money.funded(7, usd.customer, 'EUR');
    const told = { expiresAt: null, reference: null, description: null, metadata: {} };
    await world.app.get(HoldsService).place({ account: named(usd), amount: 25, ...told }, COMMAND);
    const platform = `plt_${usd.platformId}`;
    const { status, body } = await viewer.get(`/ledger/trial-balance?platform=${platform}`);
    const of = (amount: string) => ({
      debits: `-${amount}`,
      credits: amount,
      customers: amount,
      settlement: `-${amount}`,
    });
    expect([status, body]).toEqual([
      200,
      {
        object: 'trial_balance',
        at: expect.any(String),
        items: [
          { platform, currency: 'EUR', accounts: 2, ...of('7.00'), locked: '0.00', unbalanced: '0.00' },
          { platform, currency: 'USD', accounts: 2, ...of('100.00'), locked: '25.00', unbalanced: '0.00' },
        ],
      },
    ]);
    const one = await viewer.get(`/ledger/trial-balance?platform=${platform}&currency=eur`);
    expect(one.body.items).toEqual([body.items[0]]);
    const all = (await viewer.get('/ledger/trial-balance')).body.items;
    expect(all).toEqual(expect.arrayContaining(body.items));
    for (const { unbalanced } of all) expect(unbalanced).toMatch(/^0(\.0+)?$/);
  });

  it.each(['platform=cus_1_1', 'platform=plt_USD', 'currency=%20', 'unknown=1'])(
    'refuses ?%s',
    async (query) => {
      expect((await viewer.get(`/ledger/trial-balance?${query}`)).status).toBe(400);
    },
  );
});

describe('A verification of the ledger', () => {
  it('answers 200 with its findings, clean or not', async () => {
    const account = await money.funded(10);
    const platform = `plt_${account.platformId}`;
    const verify = () => viewer.get(`/ledger/verify?platform=${platform}`);
    const clean = await verify();
    const counted = { object: 'ledger_verification', platform, transfers: 1, accounts: 2, holds: 0 };
    const timed = { startedAt: expect.any(String), durationMs: expect.any(Number) };
    expect([clean.status, clean.body]).toEqual([
      200,
      { ...counted, clean: true, problems: 0, firstProblems: [], ...timed },
    ]);
    const change = (by: number) =>
      world.dataSource.query(
        'UPDATE balances SET posted_minor = posted_minor + $3 WHERE platform_id = $1 AND account_id = $2',
        [account.platformId, account.id, by],
      );
    await change(1);
    const unclean = await verify();
    const nowhere = { transfer: null, hold: null, platform };
    expect([unclean.status, unclean.body]).toEqual([
      200,
      {
        ...counted,
        clean: false,
        problems: 2,
        ...timed,
        firstProblems: [
          { check: 'balance_posted', account: account.name, expected: '1000', found: '1001', ...nowhere },
          { check: 'sum_not_zero', account: null, expected: '0 USD', found: '1 USD', ...nowhere },
        ],
      },
    ]);
    await change(-1);
  });

  it('is refused with the state while another one runs', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => viewer.get('/ledger/verify')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(JSON.parse(refused?.text ?? '')).toMatchObject({
      code: 'transition_not_allowed',
      state: 'verifying',
    });
  });

  it('ends when its client disconnects', async () => {
    await money.funded(1);
    await world.app.listen(0, '127.0.0.1');
    const url = `${await world.app.getUrl()}/admin/ledger/verify`;
    const other = world.dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query('LOCK TABLE transfers IN ACCESS EXCLUSIVE MODE');
    const verified = jest.spyOn(world.app.get(LedgerVerifier), 'verify');
    const abort = new AbortController();
    const call = fetch(url, { headers: viewer.headers, signal: abort.signal });
    while ((await world.count('pg_locks', 'NOT granted')) === 0) await pause(3);
    abort.abort();
    await expect(call).rejects.toThrow();
    await pause(3);
    await other.rollbackTransaction();
    await other.release();
    await expect(verified.mock.results[0]?.value).rejects.toBeInstanceOf(VerificationCancelled);
    expect((await viewer.get('/ledger/verify')).body.clean).toBe(true);
  });

  it('answers 404 for an unknown platform, and 400 for an invalid id', async () => {
    expect((await viewer.get('/ledger/verify?platform=plt_99999999')).status).toBe(404);
    expect((await viewer.get('/ledger/verify?platform=acc_1_1')).status).toBe(400);
    expect((await viewer.get('/ledger/verify?currency=USD')).status).toBe(400);
  });
});

describe('The books', () => {
  it.each(['viewer', 'operator', 'approver'] as const)('are open to every %s', async (role) => {
    const account = await money.account();
    const client = await anAdminClient(world, role);
    for (const path of [`accounts/${account.name}/statement`, `accounts/${account.name}/balance`])
      expect((await client.get(`/${path}`)).status).toBe(200);
    for (const path of ['trial-balance', 'verify'])
      expect((await client.get(`/ledger/${path}`)).status).toBe(200);
  });
});
