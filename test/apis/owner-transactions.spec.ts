import type { Customer } from '../../src/entities/customer.entity.js';
import { anAdminClient, type AdminClient } from '../support/admin.js';
import type { KeyHeaders } from '../support/factories.js';
import { Money } from '../support/money.js';
import { type TestResponse, createWorld, type World } from '../support/world.js';

let world: World;
let money: Money;
let admin: AdminClient;
let owner: Customer;
let headers: KeyHeaders;
let account: { platformId: string; id: string };
let name: string;

beforeAll(async () => {
  world = await createWorld();
  money = new Money(world);
  admin = await anAdminClient(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  owner = await world.make.aCustomer();
  headers = await world.make.ownerHeaders(owner);
  await open('ZAR');
});

async function open(currency: string): Promise<void> {
  await world.send('POST', '/api/v1/accounts', { headers, body: { currency } });
  const [{ id }] = await world.dataSource.query<[{ id: string }]>(
    'SELECT id FROM accounts WHERE customer_id = $1 AND currency_code = $2',
    [owner.id, currency],
  );
  account = { platformId: owner.platformId, id };
  name = `acc_${owner.platformId}_${id}`;
}

const get = (path: string): Promise<TestResponse> => world.send('GET', `/api/v1${path}`, { headers });
const ids = ({ body }: TestResponse): string[] =>
  (body as { transactionId: string }[]).map(({ transactionId }) => transactionId);

describe('An owner’s balance', () => {
  it('is the available balance, with the locked amount beside it', async () => {
    await money.deposit(account, 100.25);
    await admin.post('/holds', { account: name, amount: 40.2 });
    const { body } = await get('/accounts');
    expect(body).toEqual([expect.objectContaining({ currency: 'ZAR', balance: 60.05, lockedBalance: 40.2 })]);
    const byCurrency = await get('/accounts/currency/ZAR');
    expect(byCurrency.body).toEqual(body[0]);
  });
});

describe('Deposits and withdrawals', () => {
  it('are bare arrays, newest first, with every documented field', async () => {
    const first = await money.deposit(account, 100);
    const second = await money.deposit(account, 0.5);
    const withdrawal = await money.withdraw(account, 30.25);
    const at = second.postedAt.toISOString();
    const shown = {
      transactionId: `trf_${owner.platformId}_${second.id}`,
      amount: 0.5,
      fee: 0,
      currency: 'ZAR',
      status: 'completed',
      createdAt: at,
      completedAt: at,
    };
    const deposits = await get('/deposits');
    expect([deposits.status, deposits.body[0]]).toEqual([200, shown]);
    expect(ids(deposits)).toEqual([second, first].map(({ id }) => `trf_${owner.platformId}_${id}`));
    expect((await get(`/deposits/${shown.transactionId}`)).body).toEqual(shown);
    const withdrawals = await get('/withdrawals');
    expect(withdrawals.body).toEqual([expect.objectContaining({ amount: 30.25, status: 'completed' })]);
    expect(ids(withdrawals)).toEqual([`trf_${owner.platformId}_${withdrawal.id}`]);
    expect((await get(`/withdrawals/${ids(withdrawals)[0] ?? ''}`)).body).toEqual(withdrawals.body[0]);
  });

  it('include captures to the settlement account, but no transfers, adjustments or reversals', async () => {
    const deposit = await money.deposit(account, 100);
    const { body: hold } = await admin.post('/holds', { account: name, amount: 10 });
    await admin.post(`/holds/${hold.id}/capture`);
    await admin.post(`/transfers/trf_${owner.platformId}_${deposit.id}/reverse`);
    expect((await get('/deposits')).body).toEqual([expect.objectContaining({ status: 'completed' })]);
    await money.deposit(account, 10);
    const reversed = await admin.post(`/transfers/trf_${owner.platformId}_${deposit.id}/reverse`);
    expect(reversed.status).toBe(201);
    const statuses = (await get('/deposits')).body.map(({ status }: { status: string }) => status);
    expect(statuses).toEqual(['completed', 'reversed']);
    expect((await get('/withdrawals')).body).toEqual([expect.objectContaining({ amount: 10 })]);
  });

  it('come in pages on request', async () => {
    const made = [];
    for (let i = 1; i <= 5; i++)
      made.unshift(`trf_${owner.platformId}_${(await money.deposit(account, i)).id}`);
    expect(ids(await get('/deposits?limit=2'))).toEqual(made.slice(0, 2));
    expect(ids(await get(`/deposits?limit=2&before=${made[1] ?? ''}`))).toEqual(made.slice(2, 4));
    expect(ids(await get(`/deposits?before=${made[4] ?? ''}`))).toEqual([]);
  });

  it.each(['limit=0', 'limit=1001', 'limit=x', 'before=x', 'before=trf_999_1', 'limit=1&limit=2'])(
    'are refused 400 for ?%s',
    async (query) => {
      const answer = await get(`/deposits?${query}`);
      expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed']);
    },
  );

  it('are those of the owner, of the right kind, in available currencies', async () => {
    const deposit = await money.deposit(account, 10);
    const id = `trf_${owner.platformId}_${deposit.id}`;
    const sameplatform = await world.make.aCustomer({ platformId: owner.platformId });
    const others = await world.make.ownerHeaders(sameplatform);
    for (const path of [`/deposits/${id}`, '/deposits/nonsense', '/deposits/trf_1_999999'])
      expect((await world.send('GET', `/api/v1${path}`, { headers: others })).status).toBe(404);
    expect((await world.send('GET', '/api/v1/deposits', { headers: others })).body).toEqual([]);
    expect((await get(`/withdrawals/${id}`)).body.code).toBe('object_not_found');
    await world.dataSource.query(`UPDATE customers SET jurisdiction_override = 'DE' WHERE id = $1`, [
      owner.id,
    ]);
    expect((await get('/deposits')).body).toEqual([]);
    expect((await get(`/deposits/${id}`)).status).toBe(404);
  });

  it('require KYC, credentials and the scope', async () => {
    const pending = await world.make.aCustomer({ kycStatus: 'pending' });
    const theirs = await world.make.ownerHeaders(pending);
    expect((await world.send('GET', '/api/v1/deposits', { headers: theirs })).status).toBe(403);
    expect((await world.send('GET', '/api/v1/withdrawals')).status).toBe(401);
    const weak = await world.make.ownerHeaders(owner, ['accounts:write']);
    expect((await world.send('GET', '/api/v1/deposits', { headers: weak })).status).toBe(403);
  });
});

describe('The balances of the other APIs', () => {
  it('are available minor units in the workspace API, and posted major units in the platform API', async () => {
    const workspace = await world.make.aWorkspace(owner);
    const workspaceHeaders = await world.make.workspaceHeaders(workspace);
    const opened = await world.send('POST', '/accounts', {
      headers: workspaceHeaders,
      body: { productID: 8 },
    });
    const target = { platformId: owner.platformId, id: String(opened.body.id) };
    await money.deposit(target, 12.34);
    await admin.post('/holds', { account: `acc_${target.platformId}_${target.id}`, amount: 2 });
    const { body } = await world.send('GET', `/accounts/${target.id}`, { headers: workspaceHeaders });
    expect(body.edges.balances).toEqual([expect.objectContaining({ amount: 1_034 })]);
    const customer = await world.make.aCustomer({ countryOfResidence: null });
    const funded = await money.funded(12.34, customer);
    await admin.post('/holds', { account: funded.name, amount: 2 });
    const shown = await world.send('GET', `/raas/v2/accounts/${funded.identifier}`, {
      headers: await world.make.platformHeaders(customer.platformId),
    });
    expect(shown.body.currentBalance).toBe(12.34);
  });
});
