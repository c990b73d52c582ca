import { type AdminClient, anAdminClient, failed, REASON } from '../../support/admin.js';
import { type ReceivedBulkResponse, endOf, NDJSON, sendLines, type SentLine } from '../../support/bulk.js';
import { Money, type TestAccount } from '../../support/money.js';
import { createWorld, type World } from '../../support/world.js';

let world: World;
let admin: AdminClient;
let money: Money;
let from: TestAccount;
let to: TestAccount;

beforeAll(async () => {
  world = await createWorld();
  money = new Money(world);
});
beforeEach(async () => {
  admin = await anAdminClient(world);
  from = await money.funded(100);
  to = await money.account(from.customer);
});
afterAll(() => world.close());

const send = (lines: readonly SentLine[], query = ''): Promise<ReceivedBulkResponse> =>
  sendLines(world, `/transfers/bulk${query}`, { headers: admin.headers, lines });
const aLine = (idempotencyKey: string, amount: number, more: object = {}): object => ({
  idempotencyKey,
  from: from.name,
  to: to.name,
  amount,
  reason: REASON,
  ...more,
});
const ends = ({ verdicts }: ReceivedBulkResponse): string[] => verdicts.map(endOf);
const posted = (): Promise<number> =>
  world.count('transfers', `platform_id = ${from.platformId} AND kind = 'transfer'`);

describe('Posting transfers in bulk', () => {
  it('posts each line like a single transfer, and returns a verdict per line', async () => {
    const told = { reference: 'invoice-1', description: 'First', metadata: { order: '1' } };
    const answer = await send([
      aLine('a', 10, { ...told, effectiveDate: '2026-01-15' }),
      aLine('b', 5.25),
      aLine('c', 1, { reference: 'invoice-1' }),
      aLine('d', 1, { to: from.name }),
      aLine('e', 1, { to: 'acc_999999_1' }),
      aLine('f', 1_000),
      aLine('g', 0.001),
    ]);
    expect(answer.status).toBe(200);
    expect(ends(answer)).toEqual([
      ...['posted', 'posted', 'refused reference_taken', 'refused validation_failed'],
      ...['refused validation_failed', 'refused insufficient_funds', 'refused validation_failed'],
    ]);
    expect(answer.verdicts[0]?.transfer).toMatchObject({
      object: 'transfer',
      kind: 'transfer',
      amount: 10,
      ...told,
      effectiveDate: '2026-01-15',
    });
    for (const { transfer } of answer.verdicts.slice(0, 2))
      expect((await admin.get(`/transfers/${transfer?.id ?? ''}`)).body).toEqual(transfer);
    expect(await admin.balanceOf(to.name)).toEqual([15.25, 0]);
    const [entry] = await admin.trailOf(String(answer.verdicts[0]?.transfer?.id));
    expect(entry).toMatchObject({ action: 'transfer.posted', reason: REASON });
  });

  it('refuses a line with a duplicate name, in any escape form', async () => {
    const whole = JSON.stringify(aLine('a', 1));
    const lines = [
      whole.replace('"amount":1', '"amount":1,"amount":2'),
      whole.replace('{', '{"am\\u006funt":2,'),
    ];
    expect(ends(await send(lines))).toEqual(['refused body_malformed', 'refused body_malformed']);
    expect(await posted()).toBe(0);
  });

  it('posts nothing twice when a line is sent again', async () => {
    const lines = [aLine('a', 10), aLine('b', 1_000), aLine('c', 20), aLine('a', 10)];
    const first = await send(lines);
    await money.deposit(from, 10_000);
    const again = await send(lines);
    expect(ends(first)).toEqual(['posted', 'refused insufficient_funds', 'posted', 'posted']);
    expect(first.verdicts.map(({ replayed }) => replayed)).toEqual([false, false, false, true]);
    expect(again.verdicts).toEqual(first.verdicts.map((one) => ({ ...one, replayed: true })));
    expect([await posted(), await admin.balanceOf(to.name)]).toEqual([2, [30, 0]]);
  });

  it('does not share idempotency keys with single transfers', async () => {
    const body = { from: from.name, to: to.name, amount: 1 };
    expect((await admin.post('/transfers', body, { 'idempotency-key': 'a' })).status).toBe(201);
    const answer = await send([aLine('a', 1), aLine('b', 1)]);
    expect(ends(answer)).toEqual(['refused idempotency_key_reused', 'posted']);
    expect(failed(await admin.post('/transfers', body, { 'idempotency-key': 'b' }))).toEqual([
      ...[409, 'idempotency_key_reused'],
    ]);
  });

  it('needs the authority to post', async () => {
    const viewer = await anAdminClient(world, 'viewer');
    const headers = { ...viewer.headers, 'content-type': NDJSON };
    expect(failed(await world.send('POST', '/admin/transfers/bulk', { headers, raw: '{}\n' }))).toEqual([
      ...[403, 'scope_missing'],
    ]);
  });
});

describe('Posting transfers in bulk, all or none', () => {
  it('posts each line after those before it', async () => {
    const third = await money.account(from.customer);
    const answer = await send(
      [
        aLine('a', 100),
        aLine('b', 60, { from: to.name, to: third.name }),
        aLine('c', 60, { from: third.name, to: from.name }),
      ],
      '?atomic=true',
    );
    expect([answer.status, ends(answer)]).toEqual([200, ['posted', 'posted', 'posted']]);
    const balances = await Promise.all([from, to, third].map(({ name }) => admin.balanceOf(name)));
    expect(balances).toEqual([
      [60, 0],
      [40, 0],
      [0, 0],
    ]);
    const journals = answer.verdicts.map(({ transfer }) => transfer?.journal === transfer?.id);
    expect(journals).toEqual([true, true, true]);
  });

  it('posts on several platforms, or on none', async () => {
    const elsewhere = await money.funded(10);
    const other = await money.account(elsewhere.customer);
    const there = { from: elsewhere.name, to: other.name };
    const refused = await send([aLine('a', 1), aLine('b', 11, there)], '?atomic=true');
    expect([refused.status, ends(refused)]).toEqual([409, ['not_done', 'refused insufficient_funds']]);
    expect(await posted()).toBe(0);
    const done = await send([aLine('a', 1), aLine('b', 10, there)], '?atomic=true');
    expect([done.status, ends(done)]).toEqual([200, ['posted', 'posted']]);
    expect(await admin.balanceOf(other.name)).toEqual([10, 0]);
  });

  it('reports every refused line, each evaluated without the refused lines before it', async () => {
    await money.transfer(from, to, 1);
    const answer = await send(
      [
        aLine('a', 99, { reference: 'r' }),
        aLine('b', 1),
        aLine('c', 1, { from: to.name, to: from.name, reference: 'r' }),
        aLine('d', 2, { from: to.name, to: from.name }),
      ],
      '?atomic=true',
    );
    expect([answer.status, ends(answer)]).toEqual([
      409,
      ['not_done', 'refused insufficient_funds', 'refused reference_taken', 'not_done'],
    ]);
    expect(await admin.balanceOf(from.name)).toEqual([99, 0]);
    const events = await world.count(
      'audit_entries',
      `request_id = '${String(answer.headers['x-request-id'])}'`,
    );
    expect(events).toBe(0);
  });
});
