import { type AdminClient, anAdminClient, failed, fieldsOf } from '../../support/admin.js';
import { Money, type TestAccount } from '../../support/money.js';
import { type TestResponse, createWorld, type World } from '../../support/world.js';

let world: World;
let admin: AdminClient;
let second: AdminClient;
let money: Money;

beforeAll(async () => {
  world = await createWorld();
  admin = await anAdminClient(world);
  second = await anAdminClient(world);
  money = new Money(world);
});
afterAll(() => world.close());

const balance = ({ name }: TestAccount): Promise<[number, number]> => admin.balanceOf(name);

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

  it('posts nothing when one of its transfers is refused', async () => {
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

  it('names the invalid leg', async () => {
    const a = await money.funded(10);
    const b = await money.account(a.customer);
    const leg = { from: a.name, to: b.name, amount: 1 };
    const send = (transfers: unknown): Promise<TestResponse> => admin.post('/journals', { transfers });
    expect(fieldsOf(await send([leg, { ...leg, amount: 0.001 }]))).toEqual(['transfers[1].amount']);
    expect(fieldsOf(await send([leg, { ...leg, to: 'x' }]))).toEqual(['transfers[1].to']);
    expect(fieldsOf(await send([leg, { ...leg, to: a.name }]))).toEqual(['transfers[1].to']);
    expect(fieldsOf(await send([leg, { ...leg, amount: 0 }]))).toEqual(['transfers[1].amount']);
    expect(fieldsOf(await send([]))).toEqual(['transfers']);
    expect(fieldsOf(await send('x'))).toEqual(['transfers']);
    expect(fieldsOf(await send(Array.from({ length: 101 }, () => leg)))).toEqual(['transfers']);
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
        kind: 'reversal',
        from: account.name,
        to: deposit.from,
        amount: 5,
        fromBalance: 10,
        reverses: deposit.id,
        description: 'Paid twice',
        reference: null,
      }),
    ]);
    expect((await admin.get(`/transfers/${deposit.id}`)).body.reversedBy).toBe(answer.body.id);
    const again = await admin.post(`/transfers/${deposit.id}/reverse`);
    expect([...failed(again), again.body.state]).toEqual([409, 'transition_not_allowed', 'reversed']);
    const back = await admin.post(`/transfers/${answer.body.id}/reverse`);
    expect([...failed(back), back.body.state]).toEqual([409, 'transition_not_allowed', 'reversal']);
    expect(await balance(account)).toEqual([10, 0]);
  });

  it('undoes all transfers of a journal, the last first', async () => {
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

  it('is refused when the money is no longer available', async () => {
    const account = await money.account();
    const { body: deposit } = await admin.post('/deposits', { account: account.name, amount: 5 });
    await money.withdraw(account, 1);
    const answer = await admin.post(`/transfers/${deposit.id}/reverse`);
    expect(failed(answer)).toEqual([409, 'insufficient_funds']);
    expect(await balance(account)).toEqual([4, 0]);
  });
});

describe('An adjustment', () => {
  const ask = (body: object): Promise<TestResponse> => admin.post('/adjustments', body);

  it('is posted after an approval, with an entry on the audit trail', async () => {
    const account = await money.funded(10);
    const asked = await ask({
      account: account.name,
      direction: 'debit',
      amount: 2.5,
      description: 'Charged by mistake',
      effectiveDate: '2026-01-31',
    });
    expect([asked.status, asked.body.action, asked.body.summary.amount]).toEqual([
      202,
      'account.adjust',
      2.5,
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
        from: account.name,
        amount: 2.5,
        description: 'Charged by mistake',
        effectiveDate: '2026-01-31',
        metadata: { approval: asked.body.id },
      }),
    ]);
    const [entry] = await admin.trailOf(body.items[0].id as string);
    expect(entry).toMatchObject({ action: 'adjustment.posted', outcome: 'done' });
  });

  it('is possible on a frozen account, and not on a closed one; several of one account may be pending', async () => {
    const account = await money.account();
    await admin.post(`/accounts/${account.name}/freeze`);
    const asked = [
      await ask({ account: account.name, direction: 'credit', amount: 3 }),
      await ask({ account: account.name, direction: 'debit', amount: 3 }),
      await ask({ account: account.name, direction: 'credit', amount: 1 }),
    ];
    expect(asked.map(({ status }) => status)).toEqual([202, 202, 202]);
    const [credit, debit, late] = asked.map(({ body }) => `/approvals/${String(body.id)}/approve`);
    expect(failed(await second.post(debit ?? ''))).toEqual([409, 'insufficient_funds']);
    expect((await second.post(credit ?? '')).status).toBe(200);
    expect((await second.post(debit ?? '')).status).toBe(200);
    await admin.post(`/accounts/${account.name}/unfreeze`);
    await admin.post(`/accounts/${account.name}/close`);
    const again = await ask({ account: account.name, direction: 'credit', amount: 1 });
    const tooLate = `/approvals/${String(again.body.id)}/approve`;
    expect(failed(await second.post(late ?? ''))).toEqual([409, 'approval_stale']);
    expect(failed(await second.post(tooLate))).toEqual([409, 'account_not_active']);
    expect(await balance(account)).toEqual([0, 0]);
  });
});
