import { KYC_TRANSITIONS, KYC_MACHINE, type KycTransition } from '../../../src/customers/kyc-machine.js';
import { KycExpiry } from '../../../src/customers/kyc-expiry.service.js';
import type { Customer, KycStatus } from '../../../src/entities/customer.entity.js';
import { nextState } from '../../../src/shared/state-machine.js';
import { type AdminClient, anAdminClient, caseId, customerId, REASON } from '../../support/admin.js';
import { createWorld, type World } from '../../support/world.js';

const STATES: KycStatus[] = ['not_started', 'pending', 'approved', 'rejected', 'expired'];
const EVIDENCE = { evidence: 'case 88-1204' };

let world: World;
let admin: AdminClient;

beforeAll(async () => {
  world = await createWorld();
  admin = await anAdminClient(world);
});
afterAll(() => world.close());

const act = (customer: Customer, name: string, body: object = EVIDENCE) =>
  admin.post(`/kyc-cases/${caseId(customer)}/${name}`, body);
const openAs = async (customer: Customer) =>
  world.send('POST', '/api/v1/accounts', {
    headers: await world.make.ownerHeaders(customer),
    body: { currency: 'ZAR' },
  });

const TRANSITIONS = STATES.flatMap((state) =>
  KYC_TRANSITIONS.map((name): [KycStatus, KycTransition, KycStatus | null] => [
    state,
    name,
    nextState(KYC_MACHINE, state, name),
  ]),
);

/** The acts that the route accepts; an approval expires by time alone. */
const ADMIN_ACTS_IN: Record<KycStatus, string[]> = {
  not_started: ['submit'],
  pending: ['approve', 'reject'],
  approved: ['reopen'],
  rejected: ['reopen'],
  expired: ['reopen'],
};

describe('The KYC state machine', () => {
  it.each(TRANSITIONS.filter(([, name, to]) => to !== null && name !== 'expire'))(
    'lets a case that is %s %s and be %s, and puts it on the trail',
    async (kycStatus, name, to) => {
      const customer = await world.make.aCustomer({ kycStatus });
      const { status, body } = await act(customer, name);
      expect([status, body.status]).toEqual([200, to]);
      const [entry] = await admin.trailOf(caseId(customer));
      expect(entry).toMatchObject({
        action: `kyc.${String(to)}`,
        outcome: 'done',
        reason: REASON,
        actorKind: 'admin',
        before: { status: kycStatus },
        after: { status: to },
        requestId: expect.any(String),
      });
    },
  );

  it.each(TRANSITIONS.filter(([, name, to]) => to === null && name !== 'expire'))(
    'does not let a case that is %s %s, and changes nothing',
    async (kycStatus, name) => {
      const customer = await world.make.aCustomer({ kycStatus });
      const { status, text } = await act(customer, name);
      expect([status, JSON.parse(text)]).toMatchObject([
        409,
        { code: 'transition_not_allowed', state: kycStatus, allowedActs: ADMIN_ACTS_IN[kycStatus] },
      ]);
      expect((await admin.get(`/kyc-cases/${caseId(customer)}`)).body).toMatchObject({
        status: kycStatus,
        history: [],
      });
    },
  );

  it('expires approvals by time alone: no route accepts it, and no case offers it', async () => {
    const customer = await world.make.aCustomer();
    expect((await act(customer, 'expire')).status).toBe(404);
    expect((await admin.get(`/kyc-cases/${caseId(customer)}`)).body.allowedActs).toEqual(['reopen']);
  });

  it('requires evidence for an approval, and an expiry in the future', async () => {
    const customer = await world.make.aCustomer({ kycStatus: 'pending' });
    for (const body of [{}, { evidence: null }, { ...EVIDENCE, expiresAt: '2020-01-01T00:00:00Z' }]) {
      const { status, text } = await act(customer, 'approve', body);
      expect([status, JSON.parse(text).code]).toEqual([400, 'validation_failed']);
    }
    expect((await act(customer, 'reject', {})).status).toBe(200);
  });
});

describe('An approval', () => {
  it('lets the customer open an account that was refused before', async () => {
    const customer = await world.make.aCustomer({ kycStatus: 'pending' });
    expect((await openAs(customer)).status).toBe(403);
    await act(customer, 'approve');
    expect((await openAs(customer)).status).toBe(201);
    await act(customer, 'reopen', {});
    expect((await openAs(customer)).status).toBe(403);
  });

  it('that has expired has no effect at once, and the expiry is recorded with its consequences', async () => {
    const platform = await world.make.aPlatform({ kycExpiryRestrictsDebits: true });
    const customer = await world.make.aCustomer({ platformId: platform.id, kycStatus: 'pending' });
    await act(customer, 'approve', { ...EVIDENCE, expiresAt: new Date(Date.now() + 60_000).toISOString() });
    await world.dataSource.query(`UPDATE customers SET kyc_expires_at = now() WHERE id = $1`, [customer.id]);
    expect((await openAs(customer)).status).toBe(403);
    expect((await admin.get(`/customers/${customerId(customer)}`)).body.kycStatus).toBe('expired');
    expect(await world.app.get(KycExpiry).expireDue()).toBeGreaterThan(0);
    expect((await admin.get(`/customers/${customerId(customer)}`)).body).toMatchObject({
      kycStatus: 'expired',
      debitsRestricted: true,
    });
    expect((await admin.trailOf(caseId(customer)))[0]).toMatchObject({
      action: 'kyc.expired',
      actorKind: 'system',
    });
    expect(await world.app.get(KycExpiry).expireDue()).toBe(0);
    await act(customer, 'reopen', {});
    await act(customer, 'approve');
    expect((await admin.get(`/customers/${customerId(customer)}`)).body.debitsRestricted).toBe(false);
    expect((await openAs(customer)).status).toBe(201);
  });
});
