import {
  ACCOUNT_TRANSITIONS,
  ACCOUNT_MACHINE,
  type AccountTransition,
} from '../../../src/accounts/lifecycle/account-machine.js';
import type { AccountStatus } from '../../../src/entities/account.entity.js';
import type { Customer } from '../../../src/entities/customer.entity.js';
import { toTenantId } from '../../../src/shared/object-id.js';
import { nextState } from '../../../src/shared/state-machine.js';
import { type AdminClient, anAdminClient, REASON } from '../../support/admin.js';
import type { KeyHeaders } from '../../support/factories.js';
import { createWorld, type World } from '../../support/world.js';

const STATES: AccountStatus[] = ['active', 'frozen', 'disabled', 'closed'];
const PAST: Record<AccountTransition, string> = {
  freeze: 'frozen',
  unfreeze: 'unfrozen',
  disable: 'disabled',
  enable: 'enabled',
  close: 'closed',
  reopen: 'reopened',
};

let world: World;
let admin: AdminClient;
let second: AdminClient;

beforeAll(async () => {
  world = await createWorld();
  admin = await anAdminClient(world);
  second = await anAdminClient(world);
});
afterAll(() => world.close());

interface Opened {
  id: string;
  publicId: string;
  customer: Customer;
  headers: KeyHeaders;
}

async function anOwnerAccount(status: AccountStatus = 'active'): Promise<Opened> {
  const customer = await world.make.aCustomer();
  const headers = await world.make.ownerHeaders(customer);
  const { body } = await world.send('POST', '/api/v1/accounts', { headers, body: { currency: 'ZAR' } });
  const [row] = await world.dataSource
    .query<[{ id: string }]>(`UPDATE accounts SET status = $2 WHERE public_id = $1 RETURNING id`, [
      body.id,
      status,
    ])
    .then(([rows]) => rows as unknown as [{ id: string }]);
  return { id: toTenantId('acc', customer.platformId, row.id), publicId: body.id, customer, headers };
}

/** Approves a pending request as another admin. */
async function approve(approval: string) {
  return second.post(`/approvals/${approval}/approve`);
}

const TRANSITIONS = STATES.flatMap((state) =>
  ACCOUNT_TRANSITIONS.map((act): [AccountStatus, AccountTransition, AccountStatus | null] => [
    state,
    act,
    nextState(ACCOUNT_MACHINE, state, act),
  ]),
);

describe('The account state machine', () => {
  it.each(TRANSITIONS.filter(([, , to]) => to !== null))(
    'lets an account that is %s %s and be %s, with the reason on the trail',
    async (from, act, to) => {
      const { id } = await anOwnerAccount(from);
      const { status, body } = await admin.post(`/accounts/${id}/${act}`);
      if (act === 'reopen') {
        expect([status, body.object, body.status]).toEqual([202, 'approval', 'pending']);
        expect((await admin.get(`/accounts/${id}`)).body.status).toBe(from);
        expect((await approve(body.id)).body.status).toBe('approved');
      } else {
        expect([status, body.object, body.status]).toEqual([200, 'account', to]);
      }
      expect((await admin.get(`/accounts/${id}`)).body).toMatchObject({ status: to, statusReason: REASON });
      expect((await admin.trailOf(id))[0]).toMatchObject({
        action: `account.${PAST[act]}`,
        before: { status: from },
        after: { status: to },
        reason: REASON,
      });
    },
  );

  it.each(TRANSITIONS.filter(([, , to]) => to === null))(
    'does not let an account that is %s %s, and changes nothing',
    async (from, act) => {
      const { id } = await anOwnerAccount(from);
      const before = await world.count('audit_entries');
      const { status, text } = await admin.post(`/accounts/${id}/${act}`);
      expect([status, JSON.parse(text)]).toMatchObject([
        409,
        { code: 'transition_not_allowed', state: from },
      ]);
      expect((await admin.get(`/accounts/${id}`)).body.status).toBe(from);
      expect(await world.count('audit_entries')).toBe(before);
    },
  );

  it('requires a reason', async () => {
    const { id } = await anOwnerAccount();
    for (const reason of [undefined, null, '', 'no', 7]) {
      const { status } = await admin.post(`/accounts/${id}/freeze`, { reason });
      expect(status).toBe(400);
    }
    expect((await admin.post(`/accounts/${id}/melt`)).status).toBe(404);
  });

  it.each([
    ['money', 'posted_minor = 1'],
    ['a hold', 'posted_minor = 1, locked_minor = 1'],
  ])('does not close an account with %s', async (_what, change) => {
    const { id } = await anOwnerAccount();
    await world.dataSource.query(`UPDATE balances SET ${change} WHERE account_id = $1`, [id.split('_')[2]]);
    const { status, text } = await admin.post(`/accounts/${id}/close`);
    expect([status, JSON.parse(text).code]).toEqual([409, 'account_not_empty']);
  });

  it('does not reopen an account after another one was opened in its place', async () => {
    const { id, headers } = await anOwnerAccount();
    await admin.post(`/accounts/${id}/close`);
    const again = await world.send('POST', '/api/v1/accounts', { headers, body: { currency: 'ZAR' } });
    expect(again.status).toBe(201);
    const { body } = await admin.post(`/accounts/${id}/reopen`);
    const { status, text } = await approve(body.id);
    expect([status, JSON.parse(text).code]).toEqual([409, 'account_exists']);
    expect((await admin.get(`/approvals/${body.id}`)).body.status).toBe('pending');
  });

  it('never reopens an account of the platform API', async () => {
    const customer = await world.make.aCustomer();
    const headers = await world.make.platformHeaders(customer.platformId);
    const account = {
      accountIdentifier: 'the-final-one',
      displayName: 'Final',
      contactEmail: 'a@example.com',
    };
    await world.send('POST', `/customers/${customer.identifier}/accounts`, { headers, body: account });
    const { body } = await admin.get(`/accounts?accountIdentifier=THE-FINAL-ONE`);
    const { id } = body.items[0];
    expect((await admin.post(`/accounts/${id}/close`)).body).toMatchObject({
      status: 'closed',
      allowedActs: [],
    });
    expect((await admin.post(`/accounts/${id}/reopen`)).status).toBe(409);
    const shown = await world.send('GET', '/raas/v2/accounts/the-final-one', { headers });
    expect(shown.body.status).toBe('INACTIVE');
  });
});

describe('Lifting a freeze', () => {
  it('needs no approval from the admin that froze the account', async () => {
    const { id } = await anOwnerAccount();
    await admin.post(`/accounts/${id}/freeze`);
    expect((await admin.post(`/accounts/${id}/unfreeze`)).status).toBe(200);
  });

  it('of an operator is done at once by another admin', async () => {
    const operator = await anAdminClient(world, 'operator');
    const { id } = await anOwnerAccount();
    await operator.post(`/accounts/${id}/freeze`);
    expect((await admin.post(`/accounts/${id}/unfreeze`)).status).toBe(200);
  });

  it('of another approver needs an approval, which that approver may give', async () => {
    const { id } = await anOwnerAccount();
    await second.post(`/accounts/${id}/freeze`);
    const { status, body } = await admin.post(`/accounts/${id}/unfreeze`);
    expect([status, body.action]).toEqual([202, 'account.unfreeze']);
    expect((await admin.post(`/accounts/${id}/unfreeze`)).status).toBe(409);
    expect((await admin.post(`/approvals/${body.id}/approve`)).status).toBe(403);
    expect((await approve(body.id)).status).toBe(200);
    expect((await admin.get(`/accounts/${id}`)).body.status).toBe('active');
  });
});

describe('The three APIs', () => {
  it('show an owner a frozen account in lists but refuse to read it alone, and hide a closed one', async () => {
    const { id, publicId, headers } = await anOwnerAccount();
    const get = (path = '') => world.send('GET', `/api/v1/accounts${path}`, { headers });
    await admin.post(`/accounts/${id}/freeze`);
    expect((await get()).body).toHaveLength(1);
    for (const path of [`/${publicId}`, '/currency/ZAR']) {
      expect([(await get(path)).status, (await get(path)).body.code]).toEqual([403, 'account_frozen']);
    }
    const again = await world.send('POST', '/api/v1/accounts', { headers, body: { currency: 'ZAR' } });
    expect([again.status, again.body.id]).toEqual([409, publicId]);
    await admin.post(`/accounts/${id}/unfreeze`);
    await admin.post(`/accounts/${id}/close`);
    expect((await get()).body).toEqual([]);
    expect((await get(`/${publicId}`)).status).toBe(404);
  });

  it('show a workspace a frozen account as disabled', async () => {
    const customer = await world.make.aCustomer({ countryOfResidence: 'US' });
    const headers = await world.make.workspaceHeaders(await world.make.aWorkspace(customer));
    const opened = await world.send('POST', '/accounts', { headers, body: { productID: 7 } });
    const id = toTenantId('acc', customer.platformId, String(opened.body.id));
    for (const act of ['freeze', 'unfreeze', 'disable']) {
      await admin.post(`/accounts/${id}/${act}`);
      const shown = await world.send('GET', `/accounts/${opened.body.id}`, { headers });
      expect(shown.body.status).toBe(act === 'unfreeze' ? 'enabled' : 'disabled');
    }
  });

  it('show a platform FROZEN, DISABLED and ACTIVE', async () => {
    const customer = await world.make.aCustomer();
    const headers = await world.make.platformHeaders(customer.platformId);
    const account = { accountIdentifier: 'cold-one', displayName: 'Cold one', contactEmail: 'a@example.com' };
    await world.send('POST', `/customers/${customer.identifier}/accounts`, { headers, body: account });
    const { body } = await admin.get('/accounts?accountIdentifier=cold-one');
    const shown = async () =>
      (await world.send('GET', '/raas/v2/accounts/cold-one', { headers })).body.status;
    const seen: string[] = [];
    for (const act of ['freeze', 'unfreeze', 'disable', 'enable']) {
      await admin.post(`/accounts/${body.items[0].id}/${act}`);
      seen.push(await shown());
    }
    expect(seen).toEqual(['FROZEN', 'ACTIVE', 'DISABLED', 'ACTIVE']);
  });
});

describe('The decision on an account', () => {
  it('has the rules with their versions, the evidence, the actor, and the changes since', async () => {
    const { id, customer } = await anOwnerAccount();
    await admin.post(`/accounts/${id}/freeze`);
    const { body } = await admin.get(`/accounts/${id}/decision`);
    expect(body).toMatchObject({
      account: id,
      actor: expect.stringMatching(/^crd_/),
      requestId: expect.any(String),
      facts: {
        channel: 'owner',
        currency: 'ZAR',
        jurisdiction: 'ZA',
        kycEvidence: 'test',
        customer: toTenantId('cus', customer.platformId, customer.id),
      },
      history: [{ action: 'account.frozen' }],
    });
    expect(body.rules.map(({ rule }: { rule: string }) => rule)).toEqual([
      'platform.verified',
      'customer.active',
      'kyc.approved',
      'credential.currency_allowed',
      'currency.enabled',
      'currency.enabled_in_jurisdiction',
      'account.unique',
    ]);
    expect(body.rules.every((rule: object) => 'passed' in rule && rule.passed === true)).toBe(true);
  });

  it('is not found for an account that does not exist', async () => {
    expect((await admin.get('/accounts/acc_1_999999/decision')).status).toBe(404);
    expect((await admin.get('/accounts/nonsense/decision')).status).toBe(404);
  });
});
