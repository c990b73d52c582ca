import { KycExpiry } from '../../src/customers/kyc-expiry.service.js';
import { CustomerQueries } from '../../src/customers/customer-queries.service.js';
import {
  asAdmin,
  asOwner,
  asPlatform,
  asWorkspace,
  createSandbox,
  type SandboxPlatform,
  type Sandbox,
} from '../support/sandbox.js';

let sandbox: Sandbox;
let made: SandboxPlatform;

beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  await sandbox.control('DELETE', '/clock');
  made = await sandbox.aMadePlatform();
});

const advance = async (duration: string) => {
  expect((await sandbox.control('POST', '/clock', { advance: duration })).status).toBe(200);
};
const act = (path: string, body: object) =>
  sandbox.send('POST', path, { headers: asAdmin(made), body: { reason: 'a test', ...body } });

describe('The clock of a sandbox', () => {
  it('is set, advanced and released, and keeps running', async () => {
    const set = await sandbox.control('PUT', '/clock', { now: '2030-01-01T00:00:00Z' });
    expect(set.body.now).toMatch(/^2030-01-01T00:00:0/);
    const advanced = await sandbox.control('POST', '/clock', { advance: 'P1DT2H' });
    expect(advanced.body.now).toMatch(/^2030-01-02T02:00:0/);
    const { now } = (await sandbox.control('GET', '/clock')).body;
    expect(Date.parse(now)).toBeGreaterThanOrEqual(Date.parse(advanced.body.now));
    const released = await sandbox.control('DELETE', '/clock');
    expect(released.body.offsetMs).toBe(0);
    expect(Math.abs(Date.parse(released.body.now) - Date.now())).toBeLessThan(5_000);
  });

  it.each([
    ['PUT', { now: '2030-01-01' }],
    ['PUT', { now: '1999-12-31T23:59:59Z' }],
    ['PUT', { now: '2100-01-01T00:00:00Z' }],
    ['PUT', {}],
    ['POST', { advance: 'P1Y' }],
    ['POST', { advance: 'P999999D' }],
    ['POST', { advance: 60 }],
    ['POST', {}],
  ])('%s %j is refused', async (method, body) => {
    const answer = await sandbox.control(method, '/clock', body);
    expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed']);
    expect(answer.body.errors).toHaveLength(1);
    expect((await sandbox.control('GET', '/clock')).body.offsetMs).toBe(0);
  });

  it('16 minutes ahead, an access token is refused and its refresh token is accepted', async () => {
    const list = () => sandbox.send('GET', '/accounts', { headers: asWorkspace(made) });
    expect((await list()).status).toBe(200);
    await advance('PT16M');
    expect((await list()).status).toBe(401);
    const refreshed = await sandbox.send('POST', '/sessions/tokens', {
      headers: { authorization: `Bearer ${made.workspace.refreshToken}` },
    });
    expect(refreshed.status).toBe(200);
    made.workspace.accessToken = refreshed.body.accessToken;
    expect((await list()).status).toBe(200);
  });

  it('15 days ahead, a refresh token is refused; back at the real time it is accepted', async () => {
    await advance('P15D');
    const headers = { authorization: `Bearer ${made.workspace.refreshToken}` };
    expect((await sandbox.send('POST', '/sessions/tokens', { headers })).status).toBe(401);
    await sandbox.control('DELETE', '/clock');
    expect((await sandbox.send('POST', '/sessions/tokens', { headers })).status).toBe(200);
  });

  it('25 hours ahead, an idempotency key is free again', async () => {
    const open = (customerIdentifier: string) =>
      sandbox.send('POST', '/customers', {
        headers: { ...asPlatform(made), 'idempotency-key': 'the-key' },
        body: { customerIdentifier, displayName: `Name ${customerIdentifier}` },
      });
    expect((await open('first-one')).status).toBe(201);
    expect((await open('second-one')).status).toBe(409);
    await advance('PT23H');
    expect((await open('second-one')).status).toBe(409);
    expect((await open('first-one')).headers['idempotent-replayed']).toBe('true');
    await advance('PT2H');
    expect((await open('second-one')).status).toBe(201);
  });

  it('expires KYC approvals for all three APIs, and records it when the clock is moved', async () => {
    const caseOf = async (identifier: string) =>
      (
        await sandbox.send(
          'GET',
          `/admin/kyc-cases?identifier=${identifier}&platform=${made.sandbox.platformId}`,
          {
            headers: asAdmin(made),
          },
        )
      ).body.items[0];
    const identifiers = ['demo-owner', 'demo-holder', 'demo-group'];
    const inAWeek = new Date(Date.now() + 7 * 86_400_000).toISOString();
    for (const identifier of identifiers) {
      const { id } = await caseOf(identifier);
      await act(`/admin/kyc-cases/${id}/reopen`, {});
      const approved = await act(`/admin/kyc-cases/${id}/approve`, {
        evidence: 'a passport',
        expiresAt: inAWeek,
      });
      expect(approved.status).toBe(200);
    }
    const statuses = async () => [
      (await sandbox.send('GET', '/api/v1/accounts', { headers: asOwner(made) })).status,
      (await openOfWorkspace(`at ${String(await sandbox.count('accounts'))}`)).status,
      (await openOfPlatform(`account-${String(await sandbox.count('accounts'))}`)).status,
    ];
    expect(await statuses()).toEqual([200, 200, 201]);
    await advance('P6D');
    const tokens = await sandbox.send('POST', '/sessions/tokens', {
      headers: { authorization: `Bearer ${made.workspace.refreshToken}` },
    });
    made.workspace = {
      ...made.workspace,
      accessToken: tokens.body.accessToken,
      refreshToken: tokens.body.refreshToken.value,
    };
    expect(await statuses()).toEqual([200, 200, 201]);
    await advance('P2D');
    const again = await sandbox.send('POST', '/sessions/tokens', {
      headers: { authorization: `Bearer ${made.workspace.refreshToken}` },
    });
    made.workspace.accessToken = again.body.accessToken;
    expect(await statuses()).toEqual([403, 400, 403]);
    expect(
      await sandbox.count('customers', `kyc_status = 'expired' AND platform_id = ${platformNumber()}`),
    ).toBe(3);
  });

  it('decides expiry by itself and not by the database clock, also before it is recorded', async () => {
    const customer = await sandbox.make.aCustomer({ kycExpiresAt: new Date(Date.now() + 3_600_000) });
    const status = async () => (await sandbox.app.get(CustomerQueries).get(customer)).kycStatus;
    expect(await status()).toBe('approved');
    const expiry = jest.spyOn(sandbox.app.get(KycExpiry), 'expireDue').mockResolvedValue(0);
    await sandbox.control('PUT', '/clock', { now: new Date(Date.now() + 3_601_000).toISOString() });
    expect(await status()).toBe('expired');
    const stored = (kycStatus: string) =>
      sandbox.count('customers', `kyc_status = '${kycStatus}' AND id = ${customer.id}`);
    expect(await stored('approved')).toBe(1);
    expiry.mockRestore();
    await sandbox.app.get(KycExpiry).expireDue();
    expect(await stored('expired')).toBe(1);
  });

  it('expires due holds before it answers', async () => {
    const opened = await openOfPlatform('holding-account');
    const [{ id }] = await sandbox.dataSource.query<[{ id: string }]>(
      `SELECT id FROM accounts WHERE account_identifier = 'holding-account' AND platform_id = $1`,
      [platformNumber()],
    );
    expect(opened.status).toBe(201);
    const account = `acc_${platformNumber()}_${id}`;
    await act('/admin/deposits', { account, amount: 10 });
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const hold = await act('/admin/holds', { account, amount: 4, expiresAt });
    expect([hold.status, hold.body.status]).toEqual([201, 'active']);
    await advance('PT2H');
    const held = await sandbox.send('GET', `/admin/holds/${hold.body.id}`, { headers: asAdmin(made) });
    expect(held.body.status).toBe('expired');
  });

  it('may go back, but an account’s posting times never decrease', async () => {
    await openOfPlatform('account-in-time');
    const accountOf = async () => {
      const [{ id }] = await sandbox.dataSource.query<[{ id: string }]>(
        `SELECT id FROM accounts WHERE account_identifier = 'account-in-time' AND platform_id = $1`,
        [platformNumber()],
      );
      return `acc_${platformNumber()}_${id}`;
    };
    const account = await accountOf();
    await sandbox.control('PUT', '/clock', { now: '2040-01-01T00:00:00Z' });
    await act('/admin/deposits', { account, amount: 10 });
    await sandbox.control('DELETE', '/clock');
    await act('/admin/deposits', { account, amount: 1 });
    const posted = await sandbox.dataSource.query<{ postedAt: Date }[]>(
      `SELECT posted_at AS "postedAt" FROM transfers WHERE platform_id = $1 ORDER BY id`,
      [platformNumber()],
    );
    const times = posted.map(({ postedAt }) => postedAt.getTime());
    expect(times).toHaveLength(2);
    expect(times[1]).toBeGreaterThanOrEqual(times[0] ?? Infinity);
    const verdict = await sandbox.send('GET', '/admin/ledger/verify', { headers: asAdmin(made) });
    expect(verdict.body.clean).toBe(true);
  });
});

const platformNumber = () => made.sandbox.platformId.replace('plt_', '');
const openOfPlatform = (accountIdentifier: string) =>
  sandbox.send('POST', '/customers/demo-group/accounts', {
    headers: asPlatform(made),
    body: { accountIdentifier, displayName: `Name of ${accountIdentifier}`, contactEmail: 'a@example.com' },
  });
const openOfWorkspace = (alias: string) =>
  sandbox.send('POST', '/accounts', {
    headers: asWorkspace(made),
    body: { productID: made.workspace.productId, alias },
  });
