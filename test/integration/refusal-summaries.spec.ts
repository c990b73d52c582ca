import { MAX_ENTRIES, RefusalSummaries } from '../../src/idempotency/refusal-summaries.service.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { type AdminClient, anAdminClient } from '../support/admin.js';
import type { KeyHeaders } from '../support/factories.js';
import { createWorld, type World } from '../support/world.js';

const FURTHER = 30;

let world: World;
let admin: AdminClient;
let actor: string;
let headers: KeyHeaders;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  admin = await anAdminClient(world);
  const owner = await world.make.aCustomer({ kycStatus: 'rejected' });
  headers = await world.make.ownerHeaders(owner);
  const { items } = (await admin.get(`/credentials?key=${headers['x-api-key']}`)).body;
  actor = items[0].id;
  await world.app.get(RefusalSummaries).flush();
});
afterEach(() => jest.restoreAllMocks());

const open = (key?: string) =>
  world.send('POST', '/api/v1/accounts', {
    headers: key === undefined ? headers : { ...headers, 'idempotency-key': key },
    body: { currency: 'USD' },
  });
const refusals = () => world.count('audit_entries', `actor_id = '${actor}' AND outcome = 'refused'`);
const flush = () => world.app.get(RefusalSummaries).flush();

async function refuse(times: number): Promise<void> {
  for (let index = 0; index < times; index++) expect((await open()).status).toBe(403);
}

describe('Refused openings beyond a rate', () => {
  it('get one entry of the audit trail together, with their number', async () => {
    await refuse(MAX_ENTRIES + FURTHER);
    expect(await refusals()).toBe(MAX_ENTRIES);
    await flush();
    expect(await refusals()).toBe(MAX_ENTRIES + 1);
    const [summary] = await admin.trailOf(actor);
    expect(summary).toMatchObject({
      action: 'account.opening_refused',
      outcome: 'refused',
      after: { refusal: 'kyc_not_approved', further: FURTHER, from: expect.any(String) },
    });
    await flush();
    expect(await refusals()).toBe(MAX_ENTRIES + 1);
    await refuse(1);
    expect(await refusals()).toBe(MAX_ENTRIES + 2);
  });

  it('are answered the same under an idempotency key', async () => {
    await refuse(MAX_ENTRIES);
    const first = await open('refused');
    const second = await open('refused');
    expect([second.status, second.text]).toEqual([403, first.text]);
    expect(second.headers['idempotent-replayed']).toBe('true');
    expect(await refusals()).toBe(MAX_ENTRIES);
  });

  it('do not use up the entries of another caller', async () => {
    await refuse(MAX_ENTRIES + 1);
    headers = await world.make.ownerHeaders(await world.make.aCustomer({ kycStatus: 'rejected' }));
    const before = await world.count('audit_entries', `action = 'account.opening_refused'`);
    await refuse(1);
    expect(await world.count('audit_entries', `action = 'account.opening_refused'`)).toBe(before + 1);
  });

  it('are not forgotten while the database does not write them', async () => {
    await refuse(MAX_ENTRIES + FURTHER);
    jest.spyOn(world.app.get(UnitOfWork), 'run').mockRejectedValueOnce(new Error('down'));
    await expect(flush()).rejects.toThrow('down');
    await refuse(1);
    await flush();
    const [summary] = await admin.trailOf(actor);
    expect(summary.after.further).toBe(FURTHER);
    expect(await refusals()).toBe(MAX_ENTRIES + 2);
  });
});
