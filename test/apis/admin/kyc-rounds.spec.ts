import type { Customer } from '../../../src/entities/customer.entity.js';
import { type AdminClient, anAdminClient, caseId, failed } from '../../support/admin.js';
import { TestKycProvider } from '../../support/kyc-provider.js';
import { createWorld, type World } from '../../support/world.js';

const EVIDENCE = { evidence: 'case 88-1204' };
const MISMATCH = [409, 'kyc_round_mismatch'];

let world: World;
let admin: AdminClient;
let provider: TestKycProvider;

beforeAll(async () => {
  world = await createWorld();
  admin = await anAdminClient(world);
  provider = new TestKycProvider(world);
});
afterAll(() => world.close());

const act = (customer: Customer, name: string, body: object = EVIDENCE) =>
  admin.post(`/kyc-cases/${caseId(customer)}/${name}`, body);
const caseOf = async (customer: Customer) => (await admin.get(`/kyc-cases/${caseId(customer)}`)).body;
const approved = (customer: Customer, more: object = {}) => ({
  caseId: caseId(customer),
  decision: 'approved',
  ...EVIDENCE,
  ...more,
});
const secondsAgo = (seconds: number): string => new Date(Date.now() - 1_000 * seconds).toISOString();

/** A case in its second round, which began the given time ago. */
async function aReopenedCase(beganSecondsAgo = 0): Promise<Customer> {
  const customer = await world.make.aCustomer({ kycStatus: 'approved' });
  await act(customer, 'reopen', {});
  await world.dataSource.query(`UPDATE customers SET kyc_round_began_at = $1 WHERE id = $2`, [
    secondsAgo(beganSecondsAgo),
    customer.id,
  ]);
  return customer;
}

describe('The round of a KYC case', () => {
  it('is 1 at first, and increases with each reopening and with no other act', async () => {
    const customer = await world.make.aCustomer({ kycStatus: 'not_started' });
    const rounds: [act: string, round: number][] = [];
    for (const name of ['submit', 'approve', 'reopen', 'reject', 'reopen', 'approve'])
      rounds.push([name, (await act(customer, name)).body.round]);
    expect(rounds).toEqual([
      ['submit', 1],
      ['approve', 1],
      ['reopen', 2],
      ['reject', 2],
      ['reopen', 3],
      ['approve', 3],
    ]);
    expect((await caseOf(customer)).round).toBe(3);
    const [, reopened] = await admin.trailOf(caseId(customer));
    expect(reopened).toMatchObject({ before: { round: 2 }, after: { round: 3 } });
  });
});

describe('A provider’s decision', () => {
  it('for the current round is accepted, at any age', async () => {
    const customer = await aReopenedCase();
    const { status, body } = await provider.call(
      approved(customer, { round: 2, decidedAt: secondsAgo(1_000) }),
      { ageSeconds: 200 },
    );
    expect([status, body.status, body.round]).toEqual([200, 'approved', 2]);
  });

  it.each([1, 3])('for round %i of a case in its second is refused for good', async (round) => {
    const customer = await aReopenedCase();
    const message = { id: `msg-round-${round}` };
    const first = await provider.call(approved(customer, { round }), message);
    expect(failed(first)).toEqual(MISMATCH);
    await act(customer, 'reject', {});
    await act(customer, 'reopen', {});
    expect((await provider.call(approved(customer, { round }), message)).text).toBe(first.text);
    expect((await caseOf(customer)).status).toBe('pending');
  });

  it.each(['approved', 'rejected', 'submitted'])(
    '%s and signed before the case was reopened is refused after it',
    async (decision) => {
      const customer = await aReopenedCase(60);
      const late = await provider.call(approved(customer, { decision }), { ageSeconds: 120 });
      expect([failed(late), (await caseOf(customer)).status]).toEqual([MISMATCH, 'pending']);
    },
  );

  it('made before the case was reopened is refused, though its retry is signed later', async () => {
    const customer = await aReopenedCase(60);
    const late = await provider.call(approved(customer, { decidedAt: secondsAgo(61) }));
    expect([failed(late), (await caseOf(customer)).status]).toEqual([MISMATCH, 'pending']);
    expect((await provider.call(approved(customer, { decidedAt: secondsAgo(59) }))).status).toBe(200);
  });

  it('signed after the case was reopened is accepted', async () => {
    expect((await provider.call(approved(await aReopenedCase(60)), { ageSeconds: 30 })).status).toBe(200);
  });

  it('is accepted in the first round at any age', async () => {
    for (const kycStatus of ['pending', 'not_started'] as const) {
      const customer = await world.make.aCustomer({ kycStatus });
      const body = approved(customer, { decidedAt: secondsAgo(100_000) });
      expect((await provider.call(body, { ageSeconds: 200 })).status).toBe(200);
    }
  });

  it('with an invalid round or time is refused', async () => {
    const customer = await world.make.aCustomer({ kycStatus: 'pending' });
    for (const more of [{ round: 0 }, { round: 1.5 }, { round: '1' }, { decidedAt: 'yesterday' }])
      expect(failed(await provider.call(approved(customer, more)))).toEqual([400, 'validation_failed']);
  });
});
