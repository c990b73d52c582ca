import { randomUUID } from 'node:crypto';
import { KycExpiry } from '../../src/customers/kyc-expiry.service.js';
import { EVENT_TYPES } from '../../src/events/event-types.js';
import { HoldExpiry } from '../../src/payments/hold-expiry.service.js';
import { type AdminClient, anAdminClient, caseId, customerId } from '../support/admin.js';
import { Money, type TestAccount } from '../support/money.js';
import { checkedMessages } from '../support/webhook-messages.js';
import { createWorld, type World } from '../support/world.js';

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

interface Told {
  type: string;
  objectId: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- any event's data
  data: any;
}

const told = (platformId: string): Promise<Told[]> =>
  world.dataSource.query<Told[]>(
    'SELECT type, object_id AS "objectId", data FROM events WHERE platform_id = $1 ORDER BY id',
    [platformId],
  );

async function alertAt({ platformId, id }: TestAccount, thresholdMinor: number): Promise<string> {
  const alert = randomUUID();
  await world.dataSource.query(
    `INSERT INTO low_balance_alerts (platform_id, id, account_id, display_name, threshold_minor, emails, created_at,
       updated_at) VALUES ($1, $2::uuid, $3, $2::text, $4, '{}', now(), now())`,
    [platformId, alert, id, thresholdMinor],
  );
  return alert;
}

describe('Events', () => {
  it('are published for every event type, in order', async () => {
    const account = await money.funded(100);
    const { platformId } = account;
    await alertAt(account, 5_000);
    const hold = async (more: object = {}): Promise<string> =>
      (await admin.post('/holds', { account: account.name, amount: 10, ...more })).body.id as string;
    await admin.post(`/holds/${await hold()}/capture`, { amount: 5 });
    await admin.post(`/holds/${await hold()}/release`);
    await hold({ expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    await world.dataSource.query(
      'UPDATE holds SET expires_at = now() - make_interval(secs => 1) WHERE expires_at IS NOT NULL',
    );
    await world.app.get(HoldExpiry).expireDue();
    await money.withdraw(account, 95);
    for (const act of ['freeze', 'unfreeze', 'disable', 'enable', 'close'])
      await admin.post(`/accounts/${account.name}/${act}`);
    const owner = await world.make.aCustomer({ platformId });
    const headers = await world.make.ownerHeaders(owner);
    await world.send('POST', '/api/v1/accounts', { headers, body: { currency: 'ZAR' } });
    const [{ id }] = await world.dataSource.query<[{ id: string }]>(
      'SELECT id FROM accounts WHERE customer_id = $1',
      [owner.id],
    );
    await admin.post(`/accounts/acc_${platformId}_${id}/close`);
    const asked = await admin.post(`/accounts/acc_${platformId}_${id}/reopen`);
    await second.post(`/approvals/${String(asked.body.id)}/approve`);
    const fresh = await world.make.aCustomer({ platformId, kycStatus: 'not_started' });
    for (const act of ['submit', 'reject', 'reopen', 'approve'])
      await admin.post(`/kyc-cases/${caseId(fresh)}/${act}`, { evidence: 'case 1' });
    await world.dataSource.query(
      'UPDATE customers SET kyc_expires_at = now() - make_interval(secs => 1) WHERE id = $1',
      [fresh.id],
    );
    await world.app.get(KycExpiry).expireDue();

    const events = await told(platformId);
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(EVENT_TYPES));
    const of = (objectId: string): string[] =>
      events.filter((event) => event.objectId === objectId).map(({ type }) => type);
    expect(of(account.name)).toEqual([
      ...['account.opened', 'transfer.posted', 'hold.placed', 'transfer.posted', 'hold.captured'],
      ...['hold.placed', 'hold.released', 'hold.placed', 'hold.expired', 'transfer.posted', 'balance.low'],
      ...['account.frozen', 'account.unfrozen', 'account.disabled', 'account.enabled', 'account.closed'],
    ]);
    expect(of(customerId(fresh))).toEqual([
      ...['kyc.pending', 'kyc.rejected', 'kyc.pending', 'kyc.approved', 'kyc.expired'],
    ]);
  });

  it('contain the complete object', async () => {
    const account = await money.account();
    const deposit = await money.deposit(account, 12.5);
    const [opened, posted] = await told(account.platformId);
    const about = {
      id: account.name,
      number: account.view.number,
      publicId: account.view.publicId,
      accountIdentifier: account.identifier,
      channel: 'platform',
      currency: 'USD',
      status: 'active',
      customer: customerId(account.customer),
    };
    expect(opened?.data).toEqual({ account: about });
    const id = `trf_${account.platformId}_${deposit.id}`;
    expect(posted?.data).toEqual({
      account: about,
      transfer: {
        id,
        journal: id,
        kind: 'deposit',
        side: 'credit',
        amount: 12.5,
        currency: 'USD',
        effectiveDate: deposit.effectiveDate,
        postedAt: deposit.postedAt.toISOString(),
        reference: null,
        description: null,
        metadata: {},
        reverses: null,
      },
      balance: { posted: 12.5, locked: 0, available: 12.5 },
    });
  });

  it('are not published for a refused operation', async () => {
    const account = await money.account();
    const before = await told(account.platformId);
    await expect(money.withdraw(account, 1)).rejects.toMatchObject({ code: 'insufficient_funds' });
    expect(await told(account.platformId)).toEqual(before);
  });
});

describe('A low balance', () => {
  const low = async (account: TestAccount): Promise<unknown[]> =>
    (await told(account.platformId)).filter(({ type }) => type === 'balance.low').map(({ data }) => data);

  it('is published when the available balance falls below the threshold, once until it was above again', async () => {
    const account = await money.funded(100);
    const id = await alertAt(account, 5_000);
    await money.withdraw(account, 50);
    expect(await low(account)).toEqual([]);
    await money.withdraw(account, 0.01);
    const first = { id, displayName: id, threshold: 50 };
    expect(await low(account)).toMatchObject([{ alert: first, available: 49.99 }]);
    await money.withdraw(account, 1);
    expect(await low(account)).toHaveLength(1);
    await money.deposit(account, 10);
    await admin.post('/holds', { account: account.name, amount: 20 });
    expect(await low(account)).toMatchObject([{ available: 49.99 }, { available: 38.99 }]);
  });

  it('is published for each threshold crossed at once, the highest first', async () => {
    const account = await money.funded(100);
    const [lower, upper] = [await alertAt(account, 1_000), await alertAt(account, 9_000)];
    await alertAt(account, 500);
    await money.withdraw(account, 92);
    expect(await low(account)).toMatchObject([{ alert: { id: upper } }, { alert: { id: lower } }]);
  });

  it('is not published for the capture of a hold, which does not change the available balance', async () => {
    const account = await money.funded(80);
    const { body } = await admin.post('/holds', { account: account.name, amount: 30 });
    await alertAt(account, 6_000);
    await admin.post(`/holds/${String(body.id)}/capture`);
    expect(await low(account)).toEqual([]);
  });
});

describe('Webhook messages', () => {
  it('match the documented schema of their event type, for every type', async () => {
    const opened = await world.make.aCustomer({ countryOfResidence: 'GB' });
    const headers = await world.make.ownerHeaders(opened);
    const opening = await world.send('POST', '/api/v1/accounts', { headers, body: { currency: 'EUR' } });
    expect(opening.status).toBe(201);
    const { types, faults } = await checkedMessages(world.dataSource);
    expect(faults).toEqual([]);
    expect([...types].sort()).toEqual([...EVENT_TYPES].sort());
  });
});
