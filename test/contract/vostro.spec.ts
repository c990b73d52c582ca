import { type RunReport, runContract } from '../../packages/contract-checker/src/contract-run.js';
import { readCredentials } from '../../packages/contract-checker/src/credentials.js';
import { Money } from '../support/money.js';
import { createWorld, type World } from '../support/world.js';

let world: World;
let baseUrl: string;

beforeAll(async () => {
  world = await createWorld();
  await world.app.listen({ port: 0, host: '127.0.0.1' });
  baseUrl = await world.app.getUrl();
});
afterAll(() => world.close());

/** Credentials in the form of `var/demo.json`, for new customers. */
async function credentials() {
  const { make } = world;
  const { platformId } = await make.aCustomer();
  const aPair = async (kycStatus: 'approved' | 'pending') => {
    const { key, secret } = await make.anOwnerKey(await make.aCustomer({ platformId, kycStatus }));
    return { apiKey: key, apiSecret: secret };
  };
  const aWorkspace = async (kycStatus: 'approved' | 'pending') => {
    const holder = await make.aCustomer({ platformId, kycStatus, countryOfResidence: 'US' });
    const { id } = await make.aWorkspace(holder);
    const { accessToken, refreshToken } = await make.aSession(platformId, id);
    return { workspaceId: Number(id), accessToken, refreshToken: refreshToken.value, productId: 7 };
  };
  const group = await make.aCustomer({ platformId, countryOfResidence: 'US' });
  const pending = await make.aCustomer({ platformId, countryOfResidence: 'US', kycStatus: 'pending' });
  const { key, secret } = await make.aPlatformKey(platformId);
  const funded = await new Money(world).funded(100.3, group);
  const file = {
    owner: await aPair('approved'),
    ownerPending: await aPair('pending'),
    workspace: await aWorkspace('approved'),
    workspacePending: await aWorkspace('pending'),
    platform: {
      key,
      secret,
      customerIdentifier: group.identifier,
      pendingCustomerIdentifier: pending.identifier,
    },
  };
  return { platformId, funded: funded.identifier, read: readCredentials(JSON.stringify(file), {}) };
}

type Given = Awaited<ReturnType<typeof credentials>>;

function run({ read, funded }: Given, { isStrict = false, isDestructive = false } = {}): Promise<RunReport> {
  return runContract(
    {
      baseUrl,
      apis: ['owner', 'workspace', 'platform'],
      credentials: read,
      timeoutMs: 10_000,
      only: [],
      isStrict,
      isDestructive,
      currencies: null,
      productId: null,
      fundedAccount: funded,
    },
    { isCancelled: () => false, onResult: () => undefined },
  );
}

/** The results of the checks that did not pass. */
const notPassed = ({ results }: RunReport) => results.filter(({ result }) => result !== 'passed');

/** No response here is a 429 or 503, so the header of such responses cannot be checked. */
const RETRY_AFTER = ['owner/retry-after', 'workspace/retry-after', 'platform/retry-after'];

/** The rows of each table that a caller can change, as text by their key. */
async function rows(platformId: string): Promise<Map<string, string>> {
  const tables = [
    'accounts',
    'customers',
    'balances',
    'transfers',
    'low_balance_alerts',
    'sessions',
    'refresh_tokens',
  ];
  const found = await Promise.all(
    tables.map(async (table) => {
      const all = await world.dataSource.query<{ row: string }[]>(
        `SELECT to_jsonb(t)::text AS row FROM ${table} t WHERE platform_id = $1`,
        [platformId],
      );
      return all.map(({ row }): [string, string] => {
        const { id, account_id: account } = JSON.parse(row) as { id?: string; account_id?: string };
        return [`${table} ${id ?? account ?? ''}`, row];
      });
    }),
  );
  return new Map(found.flat());
}

describe('The checker and Vostro', () => {
  it('agree on the contracts, and on all of Vostro’s extensions', async () => {
    const report = await run(await credentials(), { isStrict: true });
    const skipped = notPassed(report).map(({ name, result, reason }) => `${name} ${result} ${reason ?? ''}`);
    const expected = [
      'owner/retry-after skipped no answer of this kind came',
      expect.stringMatching(/^workspace\/no-alias-is-one-alias-400 skipped needs an account without alias/),
      'workspace/retry-after skipped no answer of this kind came',
      'platform/retry-after skipped no answer of this kind came',
    ];
    expect(skipped).toEqual(expected);
    expect(report.results.length).toBeGreaterThan(200);
  });

  it('leave exactly the rows that the report names, and every other row unchanged', async () => {
    const given = await credentials();
    const before = await rows(given.platformId);
    const report = await run(given);
    expect(report.results.filter(({ result }) => result === 'failed')).toEqual([]);
    const after = await rows(given.platformId);
    for (const [key, row] of before) expect([key, after.get(key)]).toEqual([key, row]);
    const added = [...after.keys()].filter((key) => !before.has(key));
    const count = (table: string) => added.filter((key) => key.startsWith(`${table} `)).length;
    const named = (kind: string) => report.created.filter((thing) => thing.kind === kind).length;
    expect(report.created.every(({ isUncertain }) => !isUncertain)).toBe(true);
    expect([count('accounts'), count('customers')]).toEqual([named('account'), named('customer')]);
    expect([named('account'), named('customer')]).toEqual([7, 1]);
    // Every account has its balance; no other rows were added.
    expect(count('balances')).toBe(count('accounts'));
    expect(added).toHaveLength(2 * named('account') + named('customer'));
  });

  it('agree also on destructive checks, after which the balance is the same as before', async () => {
    const given = await credentials();
    const report = await run(given, { isStrict: true, isDestructive: true });
    expect(notPassed(report).map(({ name }) => name)).toEqual(RETRY_AFTER);
    const query = `SELECT posted_minor FROM balances b JOIN accounts a ON a.platform_id = b.platform_id
      AND a.id = b.account_id WHERE a.platform_id = $1 AND a.account_identifier = $2`;
    const [row] = await world.dataSource.query<{ posted_minor: string }[]>(query, [
      given.platformId,
      given.funded,
    ]);
    expect(row?.posted_minor).toBe('10030');
    expect(
      await world.count('transfers', `platform_id = ${given.platformId} AND reference LIKE 'check-%'`),
    ).toBe(2);
  });
});
