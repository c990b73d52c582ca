import { ApprovalSecrets } from '../../../src/approvals/approval-secrets.service.js';
import { ApprovalsService } from '../../../src/approvals/approvals.service.js';
import { APPROVED_ACTIONS, DANGEROUS_EFFECTS } from '../../../src/approvals/dangerous-effects.js';
import { SUMMARY_OF } from '../../../src/apis/admin/approvals/summaries.dto.js';
import type { Customer } from '../../../src/entities/customer.entity.js';
import {
  AdminClient,
  anAdminClient,
  approved,
  customerId,
  failed,
  REASON,
  type TwoAdmins,
  twoAdmins,
} from '../../support/admin.js';
import { readDocument } from '../../support/api-documents.js';
import { Money, type TestAccount } from '../../support/money.js';
import { keyHeaders } from '../../support/tokens.js';
import { createWorld, type World } from '../../support/world.js';

let world: World;
let money: Money;
let admins: TwoAdmins;
let operator: AdminClient;
let approver: AdminClient;
let customer: Customer;

beforeAll(async () => {
  world = await createWorld({ APPROVAL_EXPIRES_AFTER_DAYS: '3' });
  admins = await twoAdmins(world);
  operator = admins.requester;
  approver = admins.approver;
  money = new Money(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  customer = await world.make.aCustomer();
});

const overridePath = (): string => `/customers/${customerId(customer)}/jurisdiction-override`;
const requestOverride = async (by = operator) => (await by.post(overridePath(), { jurisdiction: 'GB' })).body;
const approve = (id: string, by = approver) => by.post(`/approvals/${id}/approve`);
const overrideOf = async () =>
  (await operator.get(`/customers/${customerId(customer)}`)).body.jurisdictionOverride;

describe('An approval', () => {
  it('can be refused: nothing is executed, and it may be requested again', async () => {
    const { id } = await requestOverride();
    const refused = await approver.post(`/approvals/${id}/refuse`);
    expect(refused.body).toMatchObject({ status: 'refused', decisionReason: REASON });
    expect((await approve(id)).status).toBe(409);
    expect(await overrideOf()).toBeNull();
    expect((await operator.post(overridePath(), { jurisdiction: 'GB' })).status).toBe(202);
    const { body } = await operator.get(`/approvals?status=pending&object=${customerId(customer)}`);
    expect(body.items).toHaveLength(1);
  });

  it('can be withdrawn by its requester only', async () => {
    const { id } = await requestOverride();
    const other = await anAdminClient(world, 'operator');
    expect(failed(await other.post(`/approvals/${id}/withdraw`))).toEqual([403, 'requester_required']);
    const withdrawn = await operator.post(`/approvals/${id}/withdraw`);
    expect(withdrawn.body).toMatchObject({ status: 'withdrawn', decidedBy: null });
    expect(failed(await approve(id))).toEqual([409, 'transition_not_allowed']);
  });

  it('expires after the configured number of days', async () => {
    const { id, requestedAt, expiresAt } = await requestOverride();
    expect(Date.parse(expiresAt) - Date.parse(requestedAt)).toBe(3 * 24 * 60 * 60 * 1_000);
    await world.dataSource.query(`UPDATE approval_requests SET expires_at = now() WHERE id = $1`, [
      id.split('_')[2],
    ]);
    expect((await operator.get(`/approvals/${id}`)).body.status).toBe('expired');
    expect((await approve(id)).body).toMatchObject({ code: 'transition_not_allowed', state: 'expired' });
    expect((await requestOverride()).status).toBe('pending');
  });

  it.each([
    ['is disabled', `UPDATE admins SET status = 'disabled' WHERE id = $1`],
    ['has another role', `UPDATE admins SET role = 'viewer' WHERE id = $1`],
    ['has its key revoked', `UPDATE credentials SET revoked_at = now() WHERE admin_id = $1`],
    ['has its key expired', `UPDATE credentials SET expires_at = now() WHERE admin_id = $1`],
  ])('ends when its requester %s', async (_, change) => {
    const admin = await world.make.anAdmin('operator');
    const { id } = await requestOverride(new AdminClient(world, keyHeaders(admin)));
    await world.dataSource.query(change, [admin.adminId]);
    expect((await approve(id)).body).toMatchObject({ code: 'transition_not_allowed', state: 'ended' });
    const { body } = await operator.get(`/approvals?status=ended&object=${customerId(customer)}`);
    expect(body.items.map((item: { id: string }) => item.id)).toEqual([id]);
    expect(await overrideOf()).toBeNull();
  });

  it.each([
    ['disabled', `UPDATE admins SET status = 'disabled' WHERE id = $1`],
    ['no approver any more', `UPDATE admins SET role = 'operator' WHERE id = $1`],
    ['without its key', `UPDATE credentials SET revoked_at = now() WHERE admin_id = $1`],
  ])('is not given by an approver who is %s since less than a second', async (_, change) => {
    const { id } = await requestOverride();
    const admin = await world.make.anAdmin('approver');
    const late = new AdminClient(world, keyHeaders(admin));
    expect((await late.get('/me')).status).toBe(200);
    await world.dataSource.query(change, [admin.adminId]);
    expect((await approve(id, late)).status).toBe(401);
    expect(await overrideOf()).toBeNull();
  });
});

describe('A request made before its object changed', () => {
  it('does not lift a later freeze', async () => {
    const account = await money.account();
    const path = `/accounts/${account.name}`;
    await approver.post(`${path}/freeze`);
    const { id } = (await operator.post(`${path}/unfreeze`)).body;
    await approver.post(`${path}/unfreeze`);
    await approver.post(`${path}/freeze`, { reason: 'court order 12/26' });
    const second = await anAdminClient(world);
    const stale = await approve(id, second);
    expect(failed(stale)).toEqual([409, 'approval_stale']);
    expect(stale.body.changes.map(({ action }: { action: string }) => action)).toEqual([
      'account.unfrozen',
      'account.frozen',
    ]);
    expect((await operator.get(path)).body).toMatchObject({
      status: 'frozen',
      statusReason: 'court order 12/26',
    });
    const shown = (await operator.get(`/approvals/${id}`)).body;
    expect([shown.status, shown.changes]).toEqual(['stale', stale.body.changes]);
  });

  it('does not verify a platform that was suspended meanwhile', async () => {
    const wanted = { name: `Acme ${customer.id}`, homeJurisdiction: 'DE' };
    const platform = (await operator.post('/platforms', wanted)).body;
    const { id } = (await operator.post(`/platforms/${platform.id}/verify`)).body;
    await operator.post(`/platforms/${platform.id}/suspend`, { reason: 'fraud' });
    expect(failed(await approve(id))).toEqual([409, 'approval_stale']);
    expect((await operator.get(`/platforms/${platform.id}`)).body.status).toBe('suspended');
    expect((await operator.post(`/platforms/${platform.id}/verify`)).status).toBe(202);
  });

  it('does not issue a credential of a customer that was suspended meanwhile', async () => {
    const wanted = { kind: 'owner', name: 'back office', customer: customerId(customer) };
    const { id } = (await operator.post('/credentials', wanted)).body;
    await operator.post(`/customers/${customerId(customer)}/suspend`);
    expect(failed(await approve(id))).toEqual([409, 'approval_stale']);
    expect(await world.count('credentials', `customer_id = ${customer.id}`)).toBe(0);
  });

  it('may still be refused', async () => {
    const { id } = await requestOverride();
    await operator.send('PATCH', `/customers/${customerId(customer)}`, { email: 'new@example.com' });
    expect(failed(await approve(id))).toEqual([409, 'approval_stale']);
    expect((await approver.post(`/approvals/${id}/refuse`)).body.status).toBe('refused');
  });

  it('is not made stale by a change of other data', async () => {
    const account = await money.funded(10);
    const order = { account: account.name, direction: 'credit', amount: 1 };
    const first = (await operator.post('/adjustments', order)).body;
    const other = (await operator.post('/adjustments', order)).body;
    await operator.post('/deposits', { account: account.name, amount: 5 });
    await approver.post(`/approvals/${other.id}/refuse`);
    expect((await approve(first.id)).status).toBe(200);
  });
});

describe('The summary of an approval', () => {
  it('shows an adjustment in major units with holder, number and balance, as it is later posted', async () => {
    const account = await money.funded(10);
    const order = { account: account.name, direction: 'credit', amount: 0.75, description: 'Lost payment' };
    const { id } = (await operator.post('/adjustments', order)).body;
    await operator.post('/deposits', { account: account.name, amount: 5 });
    const { text, body } = await approver.get(`/approvals/${id}`);
    const shown = await holderAndNumberOf(account);
    expect(body.summary).toEqual({
      action: 'account.adjust',
      account: { id: account.name, currency: 'USD', ...shown },
      direction: 'credit',
      amount: 0.75,
      currency: 'USD',
      description: 'Lost payment',
      effectiveDate: null,
      before: { posted: 15 },
      after: { posted: 15.75 },
    });
    expect(body.balances).toEqual([
      { account: account.name, currency: 'USD', posted: 15, locked: 0, available: 15 },
    ]);
    expect(text).not.toMatch(/Minor|settlement/i);
    await approve(id);
    expect(await approver.balanceOf(account.name)).toEqual([15.75, 0]);
    const [entry] = (await operator.get(`/audit?object=${account.name}&action=account.adjust.approved`)).body
      .items;
    expect(entry.after).toMatchObject({
      amount: 0.75,
      currency: 'USD',
      after: { posted: 15.75 },
      approval: id,
    });
    expect(JSON.stringify(entry)).not.toMatch(/Minor|settlement/i);
    const { items } = (await operator.get(`/transfers?account=${account.name}&kind=adjustment`)).body;
    const [posted] = await operator.trailOf(items[0].id as string);
    expect(posted?.after.transfers).toMatchObject([{ amount: 0.75, currency: 'USD', credit: account.name }]);
  });

  it('shows both jurisdictions of a customer, and the effective one', async () => {
    const { summary, requestedBy, reason } = await requestOverride();
    expect(summary).toMatchObject({
      customer: { id: customerId(customer), name: customer.displayName },
      before: { jurisdictionOverride: null, effectiveJurisdiction: 'ZA' },
      after: { jurisdictionOverride: 'GB', effectiveJurisdiction: 'GB' },
    });
    expect([requestedBy, reason]).toEqual([(await operator.get('/me')).body.id, REASON]);
  });

  it('shows a change of the country of residence, which is approved like a change of the jurisdiction', async () => {
    const path = `/customers/${customerId(customer)}`;
    const change = { countryOfResidence: 'DE', displayName: `Moved ${customer.id}` };
    const { status, body } = await operator.send('PATCH', path, change);
    expect([status, body.action]).toEqual([202, 'customer.amend']);
    expect(body.summary.after).toMatchObject({ ...change, effectiveJurisdiction: 'DE' });
    expect((await operator.get(path)).body.displayName).toBe(customer.displayName);
    await approve(body.id);
    expect((await operator.get(path)).body).toMatchObject(change);
    expect((await operator.send('PATCH', path, { countryOfResidence: 'DE' })).status).toBe(200);
  });

  it('shows the KYC agreement of a platform', async () => {
    const platform = await world.make.aPlatform({ kycAgreement: 'required' });
    const path = `/platforms/plt_${platform.id}`;
    const { status, body } = await operator.send('PATCH', path, { kycAgreement: 'delegated' });
    expect([status, body.summary]).toMatchObject([
      202,
      {
        platform: { name: platform.name },
        before: { kycAgreement: 'required' },
        after: { kycAgreement: 'delegated' },
      },
    ]);
    await approve(body.id);
    expect((await operator.get(path)).body.kycAgreement).toBe('delegated');
    expect((await operator.send('PATCH', path, { name: `Renamed ${platform.id}` })).status).toBe(200);
  });

  async function holderAndNumberOf(account: TestAccount) {
    const { number, customer: holder, holderName } = (await operator.get(`/accounts/${account.name}`)).body;
    return { number, holder: { id: holder, name: holderName } };
  }
});

describe('The secret of an approved request', () => {
  it('is deleted when it is not collected within a day', async () => {
    const wanted = { kind: 'owner', name: 'back office', customer: customerId(customer) };
    const { id } = await approved(admins, '/credentials', wanted);
    expect((await operator.get(`/approvals/${id}`)).body.hasSecret).toBe(true);
    await world.dataSource.query(
      `UPDATE approval_requests SET decided_at = decided_at - interval '1 day' WHERE platform_id = $1 AND id = $2`,
      id.split('_').slice(1),
    );
    expect((await operator.post(`/approvals/${id}/secret`)).body).toMatchObject({ state: 'expired' });
    expect(await world.app.get(ApprovalSecrets).purge()).toBe(1);
    expect((await operator.get(`/approvals/${id}`)).body.hasSecret).toBe(false);
  });

  it('does not exist before the approval', async () => {
    const wanted = { kind: 'owner', name: 'back office', customer: customerId(customer) };
    const { id } = (await operator.post('/credentials', wanted)).body;
    expect((await operator.post(`/approvals/${id}/secret`)).body).toMatchObject({ state: 'pending' });
  });
});

describe('The list of dangerous effects', () => {
  it('has a module that executes each effect, and a schema of its summary', () => {
    expect(world.app.get(ApprovalsService).unregistered()).toEqual([]);
    expect(Object.keys(SUMMARY_OF).sort()).toEqual([...APPROVED_ACTIONS].sort());
  });

  it('names exactly the operations of the document that may answer 202', () => {
    const { paths } = readDocument('admin');
    const accepting = Object.entries<Record<string, { responses: object }>>(paths).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([, { responses }]) => '202' in responses)
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    );
    const named = Object.values(DANGEROUS_EFFECTS).flatMap(({ operations }) => [...operations]);
    expect([...new Set(named)].sort()).toEqual(accepting.sort());
  });

  it('allows several pending requests of one object exactly where the index does', async () => {
    const [{ predicate }] = await world.dataSource.query<[{ predicate: string }]>(
      `SELECT pg_get_expr(indpred, indrelid) AS predicate FROM pg_index WHERE indexrelid = 'uq_approval_requests_pending'::regclass`,
    );
    const exempt = APPROVED_ACTIONS.filter((action) => predicate.includes(`'${action}'`));
    const repeatable = Object.entries(DANGEROUS_EFFECTS).filter(([, effect]) => 'isRepeatable' in effect);
    expect(exempt.sort()).toEqual(repeatable.map(([action]) => action).sort());
  });
});
