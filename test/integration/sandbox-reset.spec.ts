import { AuditSealer } from '../../src/audit/audit-sealer.service.js';
import { AuditVerifier } from '../../src/audit/audit-verifier.service.js';
import { EventDispatcher } from '../../src/events/event-dispatcher.service.js';
import { Mailer } from '../../src/mail/mailer.service.js';
import { bulkTransfers } from '../support/bulk-transfers.js';
import {
  asAdmin,
  asOwner,
  asPlatform,
  asWorkspace,
  createSandbox,
  type SandboxPlatform,
  type Sandbox,
} from '../support/sandbox.js';
import { until } from '../support/until.js';
import { sealAll } from '../support/sealing.js';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(() => sandbox.close());

const numberOf = ({ sandbox: { platformId } }: SandboxPlatform) => platformId.replace('plt_', '');
const reset = (made: SandboxPlatform) =>
  sandbox.control('POST', `/platforms/${made.sandbox.platformId}/reset`);
const customersOf = (made: SandboxPlatform) =>
  sandbox.send('GET', '/customers', { headers: asPlatform(made) });

/** Every row of every tenant table of a platform, without the columns that only record use. */
async function worldOf(platform: string): Promise<Record<string, string>> {
  const tables = await sandbox.dataSource.query<{ name: string }[]>(
    `SELECT table_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name = 'platform_id' ORDER BY table_name`,
  );
  const hashes: Record<string, string> = {};
  for (const { name } of tables) {
    const [{ rows }] = await sandbox.dataSource.query<[{ rows: string }]>(
      `SELECT COALESCE(string_agg((to_jsonb(t) - 'last_used_at')::text, E'\n' ORDER BY to_jsonb(t)::text), '') AS rows
       FROM ${name} t WHERE platform_id = $1`,
      [platform],
    );
    hashes[name] = rows;
  }
  const [row] = await sandbox.dataSource.query<object[]>('SELECT * FROM platforms WHERE id = $1', [platform]);
  return { ...hashes, platforms: JSON.stringify(row) };
}

/** Writes rows to as many tables as the APIs reach. */
async function use(made: SandboxPlatform): Promise<void> {
  const admin = (method: string, path: string, body: object) =>
    sandbox.send(method, path, { headers: asAdmin(made), body: { reason: 'a test', ...body } });
  const headers = { ...asPlatform(made), 'idempotency-key': 'the-key' };
  const body = { customerIdentifier: 'a-new-customer', displayName: 'A new customer' };
  expect((await sandbox.send('POST', '/customers', { headers, body })).status).toBe(201);
  const account = {
    accountIdentifier: 'an-account',
    displayName: 'An account',
    contactEmail: 'a@example.com',
  };
  const path = '/customers/a-new-customer/accounts';
  const funding = { ...account, fundingNotification: [{ emailAddress: 'b@example.com' }] };
  const opened = await sandbox.send('POST', path, { headers: asPlatform(made), body: funding });
  expect(opened.status).toBe(201);
  const owner = await sandbox.send('POST', '/api/v1/accounts', {
    headers: asOwner(made),
    body: { currency: 'EUR' },
  });
  expect(owner.status).toBe(201);
  const [{ id }] = await sandbox.dataSource.query<[{ id: string }]>(
    `SELECT id FROM accounts WHERE account_identifier = 'an-account' AND platform_id = $1`,
    [numberOf(made)],
  );
  const name = `acc_${numberOf(made)}_${id}`;
  expect((await admin('POST', '/admin/deposits', { account: name, amount: 12 })).status).toBe(201);
  expect((await admin('POST', '/admin/holds', { account: name, amount: 2 })).status).toBe(201);
  const webhook = {
    platform: made.sandbox.platformId,
    url: 'https://hooks.example/',
    eventTypes: ['account.opened'],
  };
  expect((await admin('POST', '/admin/webhooks', webhook)).status).toBe(201);
  const alert = {
    balanceAlertDisplayName: 'An alert',
    balanceAlertThreshold: 5,
    balanceAlertNotification: [{ emailAddress: 'c@example.com' }],
  };
  const low = await sandbox.send('POST', `${path}/an-account/lowbalance`, {
    headers: asPlatform(made),
    body: alert,
  });
  expect(low.status).toBe(200);
  const change = { homeJurisdiction: 'DE', kycExpiryRestrictsDebits: true };
  const requested = await admin('PATCH', `/admin/platforms/${made.sandbox.platformId}`, change);
  expect(requested.status).toBe(202);
  const approval = await sandbox.send('POST', `/admin/approvals/${requested.body.id}/approve`, {
    headers: await sandbox.make.adminHeaders(),
    body: { reason: 'a test' },
  });
  expect(approval.status).toBe(200);
}

describe('Resetting a platform', () => {
  it('restores every row, and touches no row of another platform', async () => {
    const [made, other] = [await sandbox.aMadePlatform(), await sandbox.aMadePlatform()];
    const before = await worldOf(numberOf(made));
    await use(made);
    await use(other);
    // Otherwise entries that are not yet sealed would be sealed in between.
    await sealAll(sandbox.app);
    const used = await worldOf(numberOf(made));
    const changed = Object.keys(used).filter((table) => used[table] !== before[table]);
    expect(changed).toEqual(
      expect.arrayContaining([
        ...['accounts', 'audit_entries', 'audit_seals', 'balances', 'customers', 'events', 'holds'],
        ...['idempotency_records', 'low_balance_alerts', 'platforms', 'transfers', 'webhook_endpoints'],
      ]),
    );
    const otherBefore = await settledWorldOf(numberOf(other));
    const answer = await reset(made);
    expect([answer.status, answer.body.platformId]).toEqual([200, made.sandbox.platformId]);
    expect(await worldOf(numberOf(made))).toEqual(before);
    expect(await worldOf(numberOf(other))).toEqual(otherBefore);
  });

  /** Dispatching continues for a moment; this waits until two reads are equal. */
  async function settledWorldOf(platform: string): Promise<Record<string, string>> {
    const due = `platform_id = ${platform} AND status = 'pending' AND (attempts = 0 OR claimed_until IS NOT NULL)`;
    let last = '';
    await until(
      async () => {
        await sandbox.app.get(EventDispatcher).dispatchAll();
        await sandbox.app.get(AuditSealer).sealAll();
        await sandbox.app.get(Mailer).sendDue();
        const before = last;
        last = JSON.stringify(await worldOf(platform));
        return before === last && (await sandbox.count('webhook_deliveries', due)) === 0;
      },
      { what: 'rest of the platform’s background work', withinMs: 20_000 },
    );
    return JSON.parse(last) as Record<string, string>;
  }

  it('keeps the credentials valid, and frees every name and idempotency key', async () => {
    const made = await sandbox.aMadePlatform();
    for (let round = 0; round < 3; round++) {
      await use(made);
      expect((await reset(made)).status).toBe(200);
      expect((await customersOf(made)).body).toHaveLength(6);
    }
    expect((await sandbox.send('GET', '/api/v1/accounts', { headers: asOwner(made) })).body).toEqual([]);
    expect((await sandbox.send('GET', '/accounts', { headers: asWorkspace(made) })).body).toEqual([]);
    const books = await sandbox.send('GET', '/admin/ledger/verify', { headers: asAdmin(made) });
    expect(books.body.clean).toBe(true);
    await sealAll(sandbox.app);
    const chains = await sandbox.app.get(AuditVerifier).verify(null);
    expect(chains.filter(({ firstBroken }) => firstBroken !== null)).toEqual([]);
  });

  it('removes keys, sessions and customers created since, from caches as well', async () => {
    const made = await sandbox.aMadePlatform();
    const key = await sandbox.make.aPlatformKey(made.sandbox.platformId.replace('plt_', ''));
    const withKey = { 'x-api-key': key.key, 'x-api-secret': key.secret };
    const body = { customerIdentifier: 'short-lived', displayName: 'Short lived' };
    expect((await sandbox.send('POST', '/customers', { headers: withKey, body })).status).toBe(201);
    const path = '/customers/short-lived/accounts';
    expect((await sandbox.send('GET', path, { headers: asPlatform(made) })).status).toBe(200);
    await reset(made);
    expect((await sandbox.send('GET', path, { headers: withKey })).status).toBe(401);
    expect((await sandbox.send('GET', path, { headers: asPlatform(made) })).status).toBe(404);
  });

  it('empties a platform created with the admin API', async () => {
    const { id } = await sandbox.make.aPlatform();
    await sandbox.make.aCustomer({ platformId: id });
    expect((await sandbox.control('POST', `/platforms/plt_${id}/reset`)).status).toBe(200);
    expect(await sandbox.count('customers', `platform_id = ${id}`)).toBe(0);
    expect(await sandbox.count('platforms', `id = ${id}`)).toBe(1);
  });

  it.each(['plt_0', 'plt_987654', 'nonsense', 'plt_USD', '1'])('answers 404 for %s', async (id) => {
    const admins = await sandbox.count('admins');
    const answer = await sandbox.control('POST', `/platforms/${id}/reset`);
    expect([answer.status, answer.body.code]).toEqual([404, 'object_not_found']);
    expect(await sandbox.count('admins')).toBe(admins);
  });

  it('serves every concurrent request either before or after the reset', async () => {
    const made = await sandbox.aMadePlatform();
    const platform = numberOf(made);
    const answers: number[] = [];
    let isOver = false;
    const client = async (name: number) => {
      for (let n = 0; !isOver && n < 500; n++) {
        const customerIdentifier = `racer-${name}-${n}`;
        const body = { customerIdentifier, displayName: `Racer ${name} ${n}` };
        const headers = asPlatform(made);
        const created = await sandbox.send('POST', '/customers', { headers, body });
        const account = {
          accountIdentifier: `race-${name}-${n}`,
          displayName: 'A racer',
          contactEmail: 'a@example.com',
        };
        const opened = await sandbox.send('POST', `/customers/${customerIdentifier}/accounts`, {
          headers,
          body: account,
        });
        answers.push(created.status, opened.status);
      }
    };
    const clients = [1, 2, 3, 4].map(client);
    for (let round = 0; round < 6; round++) {
      expect((await reset(made)).status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    isOver = true;
    await Promise.all(clients);
    // Opened, or refused because a reset removed the customer in between; no other status.
    expect([...new Set(answers)].filter((status) => ![201, 403].includes(status))).toEqual([]);
    expect(answers.filter((status) => status === 201).length).toBeGreaterThan(10);
    const halves = await sandbox.dataSource.query<object[]>(
      `SELECT 1 FROM accounts a LEFT JOIN balances b ON b.platform_id = a.platform_id AND b.account_id = a.id
       LEFT JOIN customers c ON c.platform_id = a.platform_id AND c.id = a.customer_id
       WHERE a.platform_id = $1 AND (b.account_id IS NULL OR c.id IS NULL)`,
      [platform],
    );
    expect(halves).toEqual([]);
    const left = await sandbox.count('accounts', `platform_id = ${platform}`);
    expect(
      await sandbox.count('audit_entries', `platform_id = ${platform} AND action = 'account.opened'`),
    ).toBe(left);
    expect(await sandbox.count('events', `platform_id = ${platform} AND type = 'account.opened'`)).toBe(left);
    await reset(made);
    await sealAll(sandbox.app);
    const [chain] = await sandbox.app.get(AuditVerifier).verify(platform);
    expect(chain?.firstBroken).toBeNull();
    expect((await customersOf(made)).body).toHaveLength(6);
  });

  it('takes less than a second with 2,000 accounts and 10,000 transfers', async () => {
    const made = await sandbox.aMadePlatform();
    const platformId = numberOf(made);
    const before = await worldOf(platformId);
    await sandbox.dataSource.query(
      `WITH made AS (
         INSERT INTO accounts (platform_id, id, customer_id, channel, public_id, number, currency_code, status, alias,
           account_identifier, display_name, contact_email, funding_notification_emails, created_at, updated_at)
         SELECT $1, nextval('accounts_id_seq'), (SELECT min(id) FROM customers WHERE platform_id = $1), 'platform',
           'acc_BULK' || i, 'BULK' || i, 'USD', 'active', '', 'bulk-' || i, 'Bulk', 'a@example.com', '{}', now(), now()
         FROM generate_series(1, 2000) i RETURNING id
       ) INSERT INTO balances (platform_id, id, account_id, posted_minor, locked_minor, created_at, updated_at,
           currency_code, may_be_negative)
         SELECT $1, nextval('balances_id_seq'), id, 1000, 0, now(), now(), 'USD', false FROM made`,
      [platformId],
    );
    const [a, b] = await sandbox.dataSource.query<{ id: string }[]>(
      'SELECT id FROM accounts WHERE platform_id = $1 ORDER BY id LIMIT 2',
      [platformId],
    );
    if (a === undefined || b === undefined) throw new Error('there are no accounts');
    await bulkTransfers(sandbox.dataSource, { platformId, id: a.id }, { platformId, id: b.id }, 5_000);
    await sandbox.dataSource.query(
      `INSERT INTO events (platform_id, id, type, object_id, data, occurred_at, dispatched_at)
       SELECT $1, nextval('events_id_seq'), 'transfer.posted', 'trf_1_' || i, '{}', now(), now()
       FROM generate_series(1, 10000) i`,
      [platformId],
    );
    expect(await sandbox.count('transfers', `platform_id = ${platformId}`)).toBe(10_000);
    const answer = await reset(made);
    expect(answer.status).toBe(200);
    expect(answer.body.durationMs).toBeLessThan(1_000);
    process.stdout.write(
      `a reset of 2,000 accounts and 10,000 transfers took ${String(answer.body.durationMs)} ms\n`,
    );
    expect(await worldOf(platformId)).toEqual(before);
  });
});
