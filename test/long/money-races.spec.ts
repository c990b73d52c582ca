import { type AppProcess, startAppProcess } from '../support/app-process.js';
import type { KeyHeaders } from '../support/factories.js';
import { Money, type TestAccount } from '../support/money.js';
import { createWorld, type World } from '../support/world.js';

const TRANSFERS = 1_000;
const ACCOUNTS = 10;

let world: World;
let apps: AppProcess[];
let money: Money;

beforeAll(async () => {
  world = await createWorld();
  apps = await Promise.all([startAppProcess(world.databaseUrl), startAppProcess(world.databaseUrl)]);
  money = new Money(world);
});

afterAll(async () => {
  await Promise.all(apps.map((app) => app.stop()));
  await world.close();
});

/** Accounts of one platform, each with this balance. */
async function stage(amount: number): Promise<{ accounts: TestAccount[]; headers: KeyHeaders }> {
  const customer = await world.make.aCustomer({ countryOfResidence: null });
  const accounts = [];
  for (let n = 0; n < ACCOUNTS; n++) accounts.push(await money.funded(amount, customer));
  return { accounts, headers: await world.make.platformHeaders(customer.platformId) };
}

async function transfer(turn: number, headers: KeyHeaders, body: object): Promise<number> {
  const response = await fetch(`${apps[turn % 2]?.url ?? ''}/raas/v2/transferFunds`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await response.arrayBuffer();
  return response.status;
}

/** The number of responses by status. */
function tally(statuses: readonly number[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** The posted minor units by account. Asserts that each account's rows lead from 0 to its balance without a gap. */
async function books(accounts: readonly TestAccount[]): Promise<string[]> {
  const { platformId } = accounts[0] as TestAccount;
  const broken = await world.dataSource.query<unknown[]>(
    `WITH entry AS (
       SELECT debit_account_id AS account, id, -amount_minor AS delta, debit_posted_minor AS after, posted_at
       FROM transfers WHERE platform_id = $1
       UNION ALL SELECT credit_account_id, id, amount_minor, credit_posted_minor, posted_at
       FROM transfers WHERE platform_id = $1
     ), chain AS (
       SELECT *, lag(after, 1, 0::bigint) OVER w AS before, lag(posted_at) OVER w AS earlier,
         lead(id) OVER w IS NULL AS is_last FROM entry WINDOW w AS (PARTITION BY account ORDER BY id)
     )
     SELECT c.* FROM chain c JOIN balances b ON b.platform_id = $1 AND b.account_id = c.account
     WHERE c.before + c.delta <> c.after OR c.earlier > c.posted_at OR (c.is_last AND c.after <> b.posted_minor)`,
    [platformId],
  );
  expect(broken).toEqual([]);
  const rows = await world.dataSource.query<{ id: string; posted: string }[]>(
    'SELECT account_id AS id, posted_minor AS posted FROM balances WHERE platform_id = $1',
    [platformId],
  );
  expect(rows.reduce((sum, { posted }) => sum + BigInt(posted), 0n)).toBe(0n);
  return accounts.map(({ id }) => rows.find((row) => row.id === id)?.posted ?? '');
}

describe('A thousand concurrent transfers on two processes', () => {
  it('around a ring of ten accounts: no client sees a deadlock, and nothing is lost', async () => {
    const { accounts, headers } = await stage(1_000);
    const statuses = await Promise.all(
      Array.from({ length: TRANSFERS }, (_, n) => {
        // In both directions, so that transactions would deadlock if they locked in the order of the request.
        const [a, b] = [accounts[n % ACCOUNTS], accounts[(n + 1) % ACCOUNTS]];
        const [from, to] = n % 3 === 0 ? [b, a] : [a, b];
        const body = { transferFrom: from?.identifier, transferTo: to?.identifier, amount: 1 };
        return transfer(n, headers, { ...body, externalRefID: `ring-${n}` });
      }),
    );
    expect(tally(statuses)).toEqual({ 200: TRANSFERS });
    const after = await books(accounts);
    const expected = accounts.map((_, n) => {
      let minor = 100_000;
      for (let t = 0; t < TRANSFERS; t++) {
        const [from, to] = t % 3 === 0 ? [t + 1, t] : [t, t + 1];
        if (from % ACCOUNTS === n) minor -= 100;
        if (to % ACCOUNTS === n) minor += 100;
      }
      return String(minor);
    });
    expect(after).toEqual(expected);
  }, 120_000);

  it('all from one account that covers some of them: exactly those are posted', async () => {
    const { accounts, headers } = await stage(0.01);
    const [hot, ...others] = accounts;
    await money.deposit(hot as TestAccount, 599.99);
    const statuses = await Promise.all(
      Array.from({ length: TRANSFERS }, (_, n) => {
        const to = others[n % others.length];
        const body = { transferFrom: hot?.identifier, transferTo: to?.identifier, amount: 1 };
        return transfer(n, headers, { ...body, externalRefID: `hot-${n}` });
      }),
    );
    expect(tally(statuses)).toEqual({ 200: 600, 409: 400 });
    expect((await books(accounts))[0]).toBe('0');
  }, 120_000);

  it('of one reference: one is posted, and all get the same response', async () => {
    const { accounts, headers } = await stage(1_000);
    const [from, to] = accounts;
    const body = {
      transferFrom: from?.identifier,
      transferTo: to?.identifier,
      amount: 1,
      externalRefID: 'once',
    };
    const statuses = await Promise.all(Array.from({ length: 100 }, (_, n) => transfer(n, headers, body)));
    expect(tally(statuses)).toEqual({ 200: 100 });
    expect((await books(accounts)).slice(0, 2)).toEqual(['99900', '100100']);
  }, 120_000);
});

describe('Two concurrent acts on two processes', () => {
  const ROUNDS = 15;
  let admin: KeyHeaders;

  beforeAll(async () => {
    admin = await world.make.adminHeaders();
  });

  async function act(
    turn: number,
    path: string,
    body: object = {},
  ): Promise<{ status: number; code: string }> {
    const response = await fetch(`${apps[turn % 2]?.url ?? ''}/admin${path}`, {
      method: 'POST',
      headers: { ...admin, 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'a race', ...body }),
    });
    const { code = '' } = (await response.json()) as { code?: string };
    return { status: response.status, code };
  }

  const outcome = (results: { status: number; code: string }[]): string =>
    results.map(({ status, code }) => (code === '' ? String(status) : code)).join(' ');

  it('a freeze and debits: once the freeze is answered, no debit is posted', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 5; round++) {
      const from = await money.funded(1_000);
      const to = await money.account(from.customer);
      const debits = (): Promise<number> => world.count('transfers', `debit_account_id = ${from.id}`);
      const send = (count: number) =>
        Array.from({ length: count }, (_, n) =>
          act(n, '/transfers', { from: from.name, to: to.name, amount: 1 }),
        );
      // Acts on one account are served in order of arrival, so some come before the freeze and some after it.
      const early = send(30);
      await Promise.race(early);
      const freeze = act(round, `/accounts/${from.name}/freeze`);
      const late = send(30);
      const frozen = await freeze;
      const atFreeze = await debits();
      const results = await Promise.all([...early, ...late]);
      expect([frozen.status, await debits()]).toEqual([200, atFreeze]);
      expect(results.filter(({ status }) => status === 201)).toHaveLength(atFreeze);
      for (const { code } of results) seen.add(code);
    }
    expect([...seen].sort()).toEqual(['', 'account_frozen']);
  });

  it('a deposit and a close: a closed account is empty', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const account = await money.account();
      const results = await Promise.all([
        act(round, '/deposits', { account: account.name, amount: 1 }),
        act(round + 1, `/accounts/${account.name}/close`),
      ]);
      seen.add(outcome(results));
    }
    const allowed = new Set(['201 account_not_empty', 'account_not_active 200']);
    expect([...seen].filter((one) => !allowed.has(one))).toEqual([]);
  });

  it('a capture and a release of one hold: one of them succeeds', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const account = await money.funded(10);
      const hold = await world.send('POST', '/admin/holds', {
        headers: admin,
        body: { account: account.name, amount: 10, reason: 'a race' },
      });
      const path = `/holds/${String(hold.body.id)}`;
      const results = await Promise.all([act(round, `${path}/capture`), act(round + 1, `${path}/release`)]);
      expect(results.map(({ status }) => status).sort()).toEqual([200, 409]);
      const isCaptured = results[0].status === 200;
      expect(await books([account])).toEqual([isCaptured ? '0' : '1000']);
    }
  });

  it('two reversals of one transfer: it is reversed once', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const account = await money.funded(10);
      const { id } = await money.deposit(account, 5);
      const path = `/transfers/trf_${account.platformId}_${id}/reverse`;
      const results = await Promise.all([act(round, path), act(round + 1, path)]);
      expect(outcome(results).split(' ').sort()).toEqual(['201', 'transition_not_allowed']);
      expect(await books([account])).toEqual(['1000']);
    }
  });

  it('two journals in opposite order: no client sees a deadlock', async () => {
    const a = await money.funded(1_000);
    const b = await money.funded(1_000, a.customer);
    const leg = (from: TestAccount, to: TestAccount): object => ({ from: from.name, to: to.name, amount: 1 });
    const results = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        act(n, '/journals', { transfers: n % 2 === 0 ? [leg(a, b), leg(a, b)] : [leg(b, a), leg(b, a)] }),
      ),
    );
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set([201]));
    expect(await books([a, b])).toEqual(['100000', '100000']);
  });
});
