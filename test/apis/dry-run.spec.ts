import type { KeyHeaders } from '../support/factories.js';
import { createWorld, type World } from '../support/world.js';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

interface Call {
  path: string;
  headers: KeyHeaders;
  body: object;
}

type KycStatus = 'approved' | 'pending';

/** One opening request per API, for a customer in the US. */
async function calls(kycStatus: KycStatus = 'approved'): Promise<Record<string, Call>> {
  const customer = await world.make.aCustomer({ countryOfResidence: 'US', kycStatus });
  const account = {
    accountIdentifier: `dry-${customer.identifier}`,
    displayName: 'Dry run',
    contactEmail: 'a@example.com',
  };
  return {
    owner: {
      path: '/api/v1/accounts',
      headers: await world.make.ownerHeaders(customer),
      body: { currency: 'USD' },
    },
    workspace: {
      path: '/accounts',
      headers: await world.make.workspaceHeaders(await world.make.aWorkspace(customer)),
      body: { productID: 7, alias: 'dry' },
    },
    platform: {
      path: `/customers/${customer.identifier}/accounts`,
      headers: await world.make.platformHeaders(customer.platformId),
      body: account,
    },
  };
}

const send = ({ path, headers, body }: Call, query = '?dryRun=true', more: KeyHeaders = {}) =>
  world.send('POST', `${path}${query}`, { headers: { ...headers, ...more }, body });

async function rows(): Promise<number[]> {
  return Promise.all(['accounts', 'audit_entries', 'idempotency_records'].map((table) => world.count(table)));
}

describe.each(['owner', 'workspace', 'platform'])('A dry run of an opening, %s API', (api) => {
  const call = async (kycStatus?: KycStatus): Promise<Call> => {
    const found = (await calls(kycStatus))[api];
    if (found === undefined) throw new Error(api);
    return found;
  };

  it('reports that every rule passes, and writes nothing', async () => {
    const opening = await call();
    const before = await rows();
    // The Idempotency-Key header is validated, though nothing is stored under it.
    expect((await send(opening, '?dryRun=true', { 'idempotency-key': 'a b' })).status).toBe(400);
    const { status, body } = await send(opening, '?dryRun=true', { 'idempotency-key': 'dry' });
    expect([status, body.dryRun, body.wouldOpen]).toEqual([200, true, true]);
    expect(body.rules.length).toBeGreaterThanOrEqual(7);
    for (const rule of body.rules) {
      expect(rule).toEqual({
        rule: expect.stringMatching(/^[a-z_]+\.[a-z_]+$/),
        version: expect.any(Number),
        passed: true,
        reason: expect.stringMatching(/\.$/),
        remedy: null,
      });
    }
    expect(await rows()).toEqual(before);
    // The same request without dryRun, with the same key, is not answered from the dry run.
    expect((await send(opening, '', { 'idempotency-key': 'dry' })).status).toBeLessThan(300);
  });

  it('reports every rule that fails with a remedy, not only the first', async () => {
    const opening = await call('pending');
    const { status, body } = await send(opening);
    expect([status, body.wouldOpen]).toEqual([200, false]);
    const failed = body.rules.filter(({ passed }: { passed: boolean }) => !passed);
    expect(failed).toMatchObject([{ rule: 'kyc.approved', remedy: expect.stringMatching(/KYC/) }]);
  });

  it('reports a duplicate', async () => {
    const opening = await call();
    expect((await send(opening, '')).status).toBeLessThan(300);
    const { body } = await send(opening);
    expect(body.rules.find(({ rule }: { rule: string }) => rule === 'account.unique').passed).toBe(false);
  });

  it('is refused with another value, and with an invalid body', async () => {
    const opening = await call();
    for (const query of ['?dryRun=yes', '?dryRun=', '?dryRun=true&dryRun=true'])
      expect((await send(opening, query)).status).toBe(400);
    expect((await send({ ...opening, body: {} })).status).toBe(400);
    expect((await send({ ...opening, headers: {} })).status).toBe(401);
  });

  it('with false opens the account', async () => {
    const opening = await call();
    const before = await world.count('accounts');
    expect((await send(opening, '?dryRun=false')).status).toBeLessThan(300);
    expect(await world.count('accounts')).toBe(before + 1);
  });
});

describe('The result of a dry run', () => {
  const cases = (['approved', 'pending'] as const).flatMap((kycStatus) =>
    (['active', 'suspended'] as const).flatMap((status) =>
      (['verified', 'suspended'] as const).flatMap((platform) =>
        ['USD', 'ZAR'].map((currency) => [kycStatus, status, platform, currency] as const),
      ),
    ),
  );

  it.each(cases)(
    'is what the opening then does: KYC %s, customer %s, platform %s, %s',
    async (kycStatus, status, platformStatus, currency) => {
      const platform = await world.make.aPlatform({ status: platformStatus });
      const customer = await world.make.aCustomer({
        platformId: platform.id,
        kycStatus,
        status,
        countryOfResidence: 'US',
      });
      const headers = await world.make.ownerHeaders(customer);
      const opening = { path: '/api/v1/accounts', headers, body: { currency } };
      const { body } = await send(opening);
      expect((await send(opening, '')).status === 201).toBe(body.wouldOpen);
    },
  );
});
