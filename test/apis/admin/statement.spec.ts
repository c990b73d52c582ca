import { ReversalsService } from '../../../src/payments/reversals.service.js';
import { Clock } from '../../../src/shared/clock.js';
import { toTenantId } from '../../../src/shared/object-id.js';
import { type AdminClient, anAdminClient } from '../../support/admin.js';
import { Money, MONEY_ACT, type TestAccount } from '../../support/money.js';
import { type TestResponse, createWorld, type World } from '../../support/world.js';

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

const trf = (account: TestAccount, id: string): string => toTenantId('trf', account.platformId, id);
const statementOf = (account: TestAccount, query = ''): Promise<TestResponse> =>
  viewer.get(`/accounts/${account.name}/statement${query}`);
const pause = () => new Promise((resolve) => setTimeout(resolve, 3));

describe('A statement', () => {
  it('has every field of every line, and the opening and closing balance', async () => {
    const account = await money.account();
    const other = await money.account(account.customer);
    const told = { reference: 'r-1', description: 'Rent', effectiveDate: '2026-01-31', metadata: { k: 'v' } };
    const first = await money.deposit(account, 100.25, told);
    const second = await money.transfer(account, other, 40.2);
    const [third] = await world.app
      .get(ReversalsService)
      .reverse(
        { platformId: account.platformId, id: second.id },
        { description: null, metadata: {} },
        COMMAND,
      );
    const { status, headers, body } = await statementOf(account);
    expect([status, headers['vary']]).toEqual([200, 'Accept']);
    expect(body).toEqual({
      object: 'statement',
      account: account.name,
      currency: 'USD',
      from: null,
      until: expect.any(String),
      openingBalance: 0,
      closingBalance: 100.25,
      nextCursor: null,
      items: [
        {
          transfer: trf(account, first.id),
          journal: trf(account, first.id),
          kind: 'deposit',
          side: 'credit',
          counterparty: expect.stringMatching(/^acc_\d+_\d+$/),
          amount: 100.25,
          balance: 100.25,
          postedAt: first.postedAt.toISOString(),
          reverses: null,
          ...told,
        },
        expect.objectContaining({
          transfer: trf(account, second.id),
          kind: 'transfer',
          side: 'debit',
          counterparty: other.name,
          amount: -40.2,
          balance: 60.05,
          reference: null,
          description: null,
          metadata: {},
        }),
        expect.objectContaining({
          transfer: trf(account, third?.id ?? ''),
          kind: 'reversal',
          side: 'credit',
          amount: 40.2,
          balance: 100.25,
          reverses: trf(account, second.id),
        }),
      ],
    });
    expect(Date.parse(body.until)).toBeGreaterThanOrEqual(third?.postedAt.getTime() ?? Infinity);
  });

  it('of an account without transfers is empty', async () => {
    const account = await money.account();
    const { body } = await statementOf(account);
    expect(body).toMatchObject({ openingBalance: 0, items: [], closingBalance: 0, nextCursor: null });
  });

  it('includes its start and excludes its end, also below a millisecond', async () => {
    const account = await money.account();
    const posted: Date[] = [];
    for (const amount of [1, 2, 4]) {
      posted.push((await money.deposit(account, amount)).postedAt);
      await pause();
    }
    const [one, two, three] = posted.map((time) => time.toISOString());
    const period = async (from?: string, until?: string) => {
      const query = [...(from ? [`from=${from}`] : []), ...(until ? [`until=${until}`] : [])].join('&');
      const { openingBalance, items, closingBalance } = (await statementOf(account, `?${query}`)).body;
      return [openingBalance, items.map(({ amount }: { amount: number }) => amount), closingBalance];
    };
    expect(await period(two, three)).toEqual([1, [2], 3]);
    expect(await period(two)).toEqual([1, [2, 4], 7]);
    expect(await period(undefined, two)).toEqual([0, [1], 1]);
    expect(await period(two, two)).toEqual([1, [], 1]);
    // Half a millisecond later, the second transfer is before the start, or before the end.
    const later = two?.replace('Z', '500Z');
    expect(await period(later)).toEqual([3, [4], 7]);
    expect(await period(one, later)).toEqual([0, [1, 2], 3]);
    const elsewhere = encodeURIComponent(
      new Date((posted[1]?.getTime() ?? 0) + 7_200_000).toISOString().replace('Z', '+02:00'),
    );
    expect(await period(elsewhere)).toEqual([1, [2, 4], 7]);
  });

  it('includes transfers posted by a clock that is ahead', async () => {
    const account = await money.account();
    const clock = jest.spyOn(world.app.get(Clock), 'now');
    clock.mockReturnValue(new Date(Date.now() + 60_000));
    await money.deposit(account, 5);
    clock.mockRestore();
    const { items, until } = (await statementOf(account)).body;
    expect(items).toHaveLength(1);
    expect(Date.parse(until)).toBe(Date.parse(items[0].postedAt) + 1);
  });

  it('is paged without repeating or shifting lines when transfers are posted meanwhile', async () => {
    const account = await money.account();
    for (let amount = 1; amount <= 7; amount++) await money.deposit(account, amount);
    const seen: number[] = [];
    const ends: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body }: TestResponse = await statementOf(account, `?limit=3${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.items.map(({ amount }: { amount: number }) => amount));
      ends.push([body.openingBalance, body.closingBalance, body.until]);
      cursor = body.nextCursor;
      await Promise.all([money.deposit(account, 100), money.deposit(account, 200)]);
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(ends).toHaveLength(3);
    expect(new Set(ends.map((end) => JSON.stringify(end))).size).toBe(1);
    expect(ends[0]).toEqual([0, 28, expect.any(String)]);
  });

  it('continues its period with a cursor, with or without the period in the query', async () => {
    const account = await money.account();
    for (const amount of [1, 2, 3, 4]) await money.deposit(account, amount);
    const all = (await statementOf(account)).body.items;
    const from = `from=${all[1].postedAt}`;
    const first = (await statementOf(account, `?${from}&limit=1`)).body;
    for (const query of [`cursor=${first.nextCursor}`, `${from}&cursor=${first.nextCursor}`]) {
      const { body } = await statementOf(account, `?${query}`);
      expect(body).toMatchObject({ from: first.from, until: first.until, closingBalance: 10 });
      expect(body.openingBalance).toBe(first.openingBalance);
      expect([...first.items, ...body.items].map(({ transfer }) => transfer)).toEqual(
        all
          .filter(({ postedAt }: { postedAt: string }) => postedAt >= all[1].postedAt)
          .map(({ transfer }: { transfer: string }) => transfer),
      );
    }
  });

  it.each([
    ['from=yesterday', 'from'],
    ['from=2026-02-30T00:00:00Z', 'from'],
    ['until=2026-01-01', 'until'],
    ['from=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z', 'until'],
    ['from=', 'from'],
    ['from=2026-01-01T00:00:00Z&from=2026-01-02T00:00:00Z', 'from'],
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=x', 'limit'],
    ['cursor=abc', 'cursor'],
    ['format=pdf', 'format'],
    ['unknown=1', 'unknown'],
    ['__proto__=1', '__proto__'],
  ])('refuses ?%s, naming %s', async (query, path) => {
    const account = await money.account();
    const { status, headers, text } = await statementOf(account, `?${query}`);
    expect([status, JSON.parse(text).code]).toEqual([400, 'validation_failed']);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(JSON.parse(text).errors).toEqual([{ path, code: 'range', message: expect.any(String) }]);
  });

  it('refuses a forged cursor, or one of another account or period', async () => {
    const account = await money.account();
    const other = await money.account(account.customer);
    for (const amount of [1, 2]) await money.deposit(account, amount);
    const { nextCursor } = (await statementOf(account, '?limit=1')).body;
    const forge = (change: (parts: unknown[]) => unknown[]): string => {
      const parts = JSON.parse(Buffer.from(nextCursor, 'base64url').toString()) as unknown[];
      return Buffer.from(JSON.stringify(change(parts))).toString('base64url');
    };
    const refused = [
      await statementOf(other, `?cursor=${nextCursor}`),
      await statementOf(account, `?cursor=${nextCursor}&from=2026-01-01T00:00:00Z`),
      await statementOf(account, `?cursor=${nextCursor}&until=2036-01-01T00:00:00Z`),
      await statementOf(account, `?cursor=${nextCursor}&format=csv`),
      await statementOf(account, `?cursor=${forge((parts) => parts.slice(1))}`),
      await statementOf(
        account,
        `?cursor=${forge((parts) => [...parts.slice(0, 3), 'now', ...parts.slice(4)])}`,
      ),
      await statementOf(
        account,
        `?cursor=${forge((parts) => [...parts.slice(0, 3), 1e300, ...parts.slice(4)])}`,
      ),
      await statementOf(account, `?cursor=${forge((parts) => [...parts.slice(0, 7), '-1'])}`),
    ];
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 400));
  });

  it.each(['acc_1_999999', 'acc_999999_1', 'acc_x', 'cus_1_1', '%00'])('of %s is 404', async (id) => {
    for (const path of ['statement', 'statement?format=csv', 'balance', 'balance?effectiveDate=2026-01-31'])
      expect((await viewer.get(`/accounts/${id}/${path}`)).status).toBe(404);
  });
});
