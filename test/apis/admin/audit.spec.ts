import { AuditSealer } from '../../../src/audit/audit-sealer.service.js';
import { type AdminClient, anAdminClient, customerId } from '../../support/admin.js';
import { createWorld, type World } from '../../support/world.js';
import { sealAll } from '../../support/sealing.js';

let world: World;
let admin: AdminClient;

beforeAll(async () => {
  world = await createWorld();
  admin = await anAdminClient(world);
});
afterAll(() => world.close());

const entriesOf = async (query: string) => (await admin.get(`/audit?${query}`)).body.items;

describe('A refused opening', () => {
  it('of an owner is on the audit trail with the verdict of every rule', async () => {
    const customer = await world.make.aCustomer({ kycStatus: 'pending', countryOfResidence: 'US' });
    const headers = await world.make.ownerHeaders(customer);
    const answer = await world.send('POST', '/api/v1/accounts', { headers, body: { currency: 'ZAR' } });
    const [entry] = await entriesOf(`object=${customerId(customer)}`);
    expect(entry).toMatchObject({
      action: 'account.opening_refused',
      outcome: 'refused',
      actorKind: 'customer',
      requestId: answer.headers['x-request-id'],
      after: { channel: 'owner', currency: 'ZAR', refusal: 'kyc_not_approved' },
    });
    const failed = entry.verdicts.filter(({ passed }: { passed: boolean }) => !passed);
    expect(failed.map(({ rule }: { rule: string }) => rule)).toEqual([
      'kyc.approved',
      'currency.enabled_in_jurisdiction',
    ]);
    expect(failed.every(({ remedy }: { remedy: string }) => remedy.length > 0)).toBe(true);
  });

  it('of a workspace or a platform is on the audit trail, including duplicates', async () => {
    const customer = await world.make.aCustomer({ countryOfResidence: 'US' });
    const workspace = await world.make.workspaceHeaders(await world.make.aWorkspace(customer));
    const platform = await world.make.platformHeaders(customer.platformId);
    const account = { accountIdentifier: 'twice-one', displayName: 'Twice', contactEmail: 'a@example.com' };
    const path = `/customers/${customer.identifier}/accounts`;
    for (let n = 0; n < 2; n++) {
      await world.send('POST', '/accounts', { headers: workspace, body: { productID: 7 } });
      await world.send('POST', path, { headers: platform, body: account });
    }
    const refused = await entriesOf(`object=${customerId(customer)}&outcome=refused`);
    expect(refused.map(({ after }: { after: { refusal: string } }) => after.refusal).sort()).toEqual([
      'account_exists',
      'account_identifier_taken',
    ]);
    expect(await entriesOf(`platform=plt_${customer.platformId}&action=account.opened`)).toHaveLength(2);
  });

  it('is recorded once for retries with the same Idempotency-Key', async () => {
    const customer = await world.make.aCustomer({ kycStatus: 'rejected' });
    const headers = { ...(await world.make.ownerHeaders(customer)), 'idempotency-key': 'once' };
    const send = () => world.send('POST', '/api/v1/accounts', { headers, body: { currency: 'ZAR' } });
    await Promise.all([send(), send(), send()]);
    await send();
    expect(await entriesOf(`object=${customerId(customer)}`)).toHaveLength(1);
  });

  it('for a missing scope, a foreign customer or a foreign workspace is on the audit trail', async () => {
    const customer = await world.make.aCustomer();
    const stranger = await world.make.aCustomer();
    const body = { accountIdentifier: 'strange-one', displayName: 'Strange', contactEmail: 'a@example.com' };
    const reader = await world.make.ownerHeaders(customer, ['accounts:read']);
    await world.send('POST', '/api/v1/accounts', { headers: reader, body: { currency: 'ZAR' } });
    const headers = await world.make.platformHeaders(customer.platformId);
    await world.send('POST', `/customers/${stranger.identifier}/accounts`, { headers, body });
    const mine = await world.make.workspaceHeaders(await world.make.aWorkspace(customer));
    const foreign = (await world.make.aWorkspace(stranger)).id;
    await world.send('POST', '/accounts', {
      headers: { ...mine, 'workspace-id': foreign },
      body: { productID: 7 },
    });
    const refused = await entriesOf(`object=plt_${customer.platformId}&sort=occurredAt`);
    expect(refused.map(({ after }: { after: { refusal: string } }) => after.refusal)).toEqual([
      'scope_missing',
      'customer_not_allowed',
      'workspace_not_allowed',
    ]);
    expect(await entriesOf(`platform=plt_${stranger.platformId}&outcome=refused`)).toEqual([]);
  });

  it('is not recorded for an invalid or unauthenticated request', async () => {
    const customer = await world.make.aCustomer();
    const headers = await world.make.ownerHeaders(customer);
    const before = await world.count('audit_entries');
    await world.send('POST', '/api/v1/accounts', { headers, body: { currency: 7 } });
    await world.send('POST', '/api/v1/accounts', { headers, body: { currency: 'nonsense' } });
    await world.send('POST', '/api/v1/accounts', { headers: {}, body: { currency: 'ZAR' } });
    expect(await world.count('audit_entries')).toBe(before);
  });
});

describe('The audit chain', () => {
  async function aChain(): Promise<string> {
    const customer = await world.make.aCustomer();
    const headers = await world.make.ownerHeaders(customer);
    for (const currency of ['ZAR', 'USD', 'EUR', 'GBP'])
      await world.send('POST', '/api/v1/accounts', { headers, body: { currency } });
    await sealAll(world.app);
    return customer.platformId;
  }

  const verify = async (platformId: string) =>
    (await admin.get(`/audit/verify?platform=plt_${platformId}`)).body;

  it('is intact, and every entry has a position', async () => {
    const platformId = await aChain();
    expect(await verify(platformId)).toMatchObject({
      intact: true,
      chains: [{ platform: `plt_${platformId}`, verified: 5, waiting: 0, firstBroken: null }],
    });
    const entries = await entriesOf(`platform=plt_${platformId}&sort=occurredAt`);
    expect(entries.map(({ position }: { position: string }) => position)).toEqual(['1', '2', '3', '4', '5']);
  });

  it.each([
    ['an altered entry', `UPDATE audit_entries SET actor_name = 'nobody' WHERE`, 'e', 'entry_altered'],
    ['an altered state', `UPDATE audit_entries SET state_after = '{}' WHERE`, 'e', 'entry_altered'],
    [
      'an altered time',
      `UPDATE audit_entries SET occurred_at = occurred_at + interval '1 ms' WHERE`,
      'e',
      'entry_altered',
    ],
    ['a deleted entry', 'DELETE FROM audit_entries WHERE', 'e', 'entry_missing'],
    ['a deleted link', 'DELETE FROM audit_seals WHERE', 's', 'link_missing'],
    ['an altered link', `UPDATE audit_seals SET hash = '\\x00' WHERE`, 's', 'entry_altered'],
  ])('reports the first broken link: %s', async (_what, statement, table, problem) => {
    const platformId = await aChain();
    const [{ id }] = await world.dataSource.query<[{ id: string }]>(
      `SELECT entry_id AS id FROM audit_seals WHERE platform_id = $1 AND position = 3`,
      [platformId],
    );
    const column = table === 'e' ? 'id' : 'entry_id';
    await world.dataSource.query(`${statement} platform_id = $1 AND ${column} = $2`, [platformId, id]);
    expect(await verify(platformId)).toMatchObject({
      intact: false,
      chains: [{ verified: 2, firstBroken: { position: '3', problem } }],
    });
  });

  it('names an entry that was left out of the chain', async () => {
    const platformId = await aChain();
    await world.dataSource.query(
      `INSERT INTO audit_entries SELECT platform_id, nextval('audit_entries_id_seq'), now() - interval '1 hour',
         actor_kind, actor_id, actor_name, action, outcome, object_type, object_id FROM audit_entries
       WHERE platform_id = $1 LIMIT 1`,
      [platformId],
    );
    expect((await verify(platformId)).chains[0].firstBroken).toMatchObject({
      position: null,
      problem: 'entry_unsealed',
    });
  });

  it('has no gap and no duplicate when several processes seal it concurrently', async () => {
    const platformId = await aChain();
    const customer = await world.make.aCustomer({ platformId });
    const headers = await world.make.platformHeaders(platformId);
    const open = (n: number) =>
      world.send('POST', `/customers/${customer.identifier}/accounts`, {
        headers,
        body: { accountIdentifier: `chained-${n}`, displayName: 'Chained', contactEmail: 'a@example.com' },
      });
    const sealer = world.app.get(AuditSealer);
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => open(n)).concat(
        Array.from({ length: 5 }, async () => {
          await sealer.sealAll();
          return undefined as never;
        }),
      ),
    );
    let verdict = await verify(platformId);
    // The application's own sealer may hold the lock of the chain, in which case this call skips it.
    for (const deadline = Date.now() + 5_000; verdict.chains[0].waiting > 0 && Date.now() < deadline;) {
      await sealer.sealAll();
      verdict = await verify(platformId);
    }
    expect(verdict).toMatchObject({ intact: true, chains: [{ waiting: 0 }] });
    expect(verdict.chains[0].verified).toBe(
      await world.count('audit_entries', `platform_id = ${platformId}`),
    );
  });

  it('of every platform is verified when none is named, and an invalid platform id is refused', async () => {
    const { body } = await admin.get('/audit/verify');
    expect(body.chains[0].platform).toBe('plt_0');
    expect(body.chains.length).toBeGreaterThan(3);
    expect((await admin.get('/audit/verify?platform=cus_1_1')).status).toBe(400);
  });
});

describe('A search of the audit trail', () => {
  it('filters by actor, action, kind, request and time', async () => {
    const customer = await world.make.aCustomer();
    const me = (await admin.get('/me')).body.id;
    const { headers } = await admin.post(`/customers/${customerId(customer)}/suspend`);
    const wanted = { action: 'customer.suspended', actor: me, objectId: customerId(customer) };
    for (const query of [
      `actor=${me}&action=customer.suspended&object=${customerId(customer)}`,
      `requestId=${String(headers['x-request-id'])}`,
      `objectType=customer&action=customer.suspended&from=2020-01-01T00:00:00Z`,
    ])
      expect(await entriesOf(query)).toMatchObject([wanted]);
    expect(await entriesOf(`object=${customerId(customer)}&until=2020-01-01T00:00:00Z`)).toEqual([]);
    expect((await admin.get('/audit?from=yesterday')).status).toBe(400);
  });
});
