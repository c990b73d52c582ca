import { readFileSync } from 'node:fs';
import type { Customer } from '../../src/entities/customer.entity.js';
import type { Platform } from '../../src/entities/platform.entity.js';
import { type AdminClient, anAdminClient, customerId } from '../support/admin.js';
import { type ApiName, callsIn, readDocument } from '../support/api-documents.js';
import type { KeyHeaders } from '../support/factories.js';
import { Money, type TestAccount } from '../support/money.js';
import { basicOf } from '../support/tokens.js';
import { type TestResponse, createWorld, type World } from '../support/world.js';

type Subject = 'customer' | 'platform';

/** The operations that remain available to a suspended subject. docs/operate.md names each. */
const EXEMPT: Record<string, Subject> = {
  'platform GET /customers': 'customer',
  'platform GET /customers/{customerIdentifier}': 'customer',
  'platform GET /raas/v2/accounts': 'customer',
  'platform GET /raas/v2/accounts/{accountIdentifier}': 'customer',
  // These serve the other customers of the platform, and the platform itself.
  'platform POST /customers': 'customer',
  'platform POST /oauth/token': 'customer',
};

/** Valid bodies for operations that check the form before the status. */
const BODIES: Record<string, object> = {
  'owner POST /api/v1/accounts': { currency: 'EUR' },
  'workspace POST /accounts': { productID: 1 },
  'platform POST /customers': { customerIdentifier: 'another-one', displayName: 'Another one' },
  'platform POST /customers/{customerIdentifier}/accounts': {
    accountIdentifier: 'another-account',
    displayName: 'Another account',
    contactEmail: 'ops@example.com',
  },
};

interface Operation {
  api: ApiName;
  method: string;
  path: string;
  name: string;
}

const OPERATIONS: Operation[] = (['owner', 'workspace', 'platform'] as const).flatMap((api) =>
  callsIn(readDocument(api)).map(({ method, path }) => ({
    api,
    method: method.toUpperCase(),
    path,
    name: `${api} ${method.toUpperCase()} ${path}`,
  })),
);

let world: World;
let admin: AdminClient;
let money: Money;
beforeAll(async () => {
  world = await createWorld();
  admin = await anAdminClient(world);
  money = new Money(world);
});
afterAll(() => world.close());

interface Holder {
  platform: Platform;
  customer: Customer;
  account: TestAccount;
  other: TestAccount;
  owner: KeyHeaders;
  key: { key: string; secret: string };
  session: KeyHeaders;
  refreshToken: string;
}

async function aHolder(): Promise<Holder> {
  const platform = await world.make.aPlatform();
  const customer = await world.make.aCustomer({ platformId: platform.id, countryOfResidence: 'US' });
  const workspace = await world.make.aWorkspace(customer);
  const { accessToken, refreshToken } = await world.make.aSession(platform.id, workspace.id);
  return {
    platform,
    customer,
    account: await money.funded(10, customer),
    other: await money.account(await world.make.aCustomer({ platformId: platform.id })),
    owner: await world.make.ownerHeaders(customer),
    key: await world.make.aPlatformKey(platform.id),
    session: { authorization: `Bearer ${accessToken}`, 'workspace-id': workspace.id },
    refreshToken: refreshToken.value,
  };
}

function call(holder: Holder, { api, method, path, name }: Operation): Promise<TestResponse> {
  const { customer, account } = holder;
  const url = path
    .replace('{customerIdentifier}', customer.identifier)
    .replace('{accountIdentifier}', account.identifier)
    .replace('{balanceAlertID}', '3f0e1e7c-9a4f-4d53-9f3b-0d2a1b0c9d8e')
    .replace(/\{currency\}/, 'USD')
    .replace(/\{(id|keyId|accountId|transactionId)\}/, '1');
  if (name === 'platform POST /oauth/token') return tokenOf(holder.key);
  const credentials: Record<string, KeyHeaders> = {
    owner: holder.owner,
    workspace:
      path === '/sessions/tokens' ? { authorization: `Bearer ${holder.refreshToken}` } : holder.session,
    platform: basicOf(holder.key),
  };
  const writes = ['POST', 'PATCH', 'PUT'].includes(method) && path !== '/sessions/tokens';
  const body = name.endsWith('transferFunds')
    ? { transferFrom: account.identifier, transferTo: holder.other.identifier, amount: 1 }
    : (BODIES[name] ?? {});
  return world.send(method, url, { headers: credentials[api] ?? {}, ...(writes ? { body } : {}) });
}

const tokenOf = (key: Holder['key']): Promise<TestResponse> =>
  world.send('POST', '/oauth/token', {
    headers: { ...basicOf(key), 'content-type': 'application/x-www-form-urlencoded' },
    raw: 'grant_type=client_credentials',
  });

/** The error of each API for a suspended subject. */
function refusal(api: ApiName, subject: Subject): [status: number, code: string] {
  if (api === 'workspace') return [401, 'unauthorized'];
  if (api === 'owner') return [403, subject === 'customer' ? 'customer_suspended' : 'platform_not_verified'];
  return [403, subject === 'customer' ? '403.020' : '403.017'];
}

const codeOf = ({ body }: TestResponse): string => body?.code ?? body?.i18nKey ?? body?.errorCode;

async function suspend({ customer, platform }: Holder, subject: Subject): Promise<void> {
  const path =
    subject === 'customer' ? `/customers/${customerId(customer)}` : `/platforms/plt_${platform.id}`;
  expect((await admin.post(`${path}/suspend`)).status).toBe(200);
}

describe.each(['customer', 'platform'] as const)('A suspended %s', (subject) => {
  let holder: Holder;
  beforeAll(async () => {
    holder = await aHolder();
    // Caches filled before the suspension must not grant access after it.
    for (const operation of OPERATIONS.filter(({ method }) => method === 'GET'))
      await call(holder, operation);
    await suspend(holder, subject);
  });

  it.each(OPERATIONS.map((operation) => [operation.name, operation] as const))(
    'is refused by %s',
    async (name, operation) => {
      const answer = await call(holder, operation);
      if (EXEMPT[name] === subject) expect(answer.status).toBeLessThan(300);
      else expect([answer.status, codeOf(answer)]).toEqual(refusal(operation.api, subject));
    },
  );

  it('has its sessions ended for good, also when the suspension is lifted', async () => {
    const { customer, platform, refreshToken } = holder;
    expect(await world.count('sessions', `platform_id = ${platform.id} AND revoked_at IS NULL`)).toBe(0);
    await world.dataSource.query(`UPDATE customers SET status = 'active' WHERE id = $1`, [customer.id]);
    await world.dataSource.query(`UPDATE platforms SET status = 'verified' WHERE id = $1`, [platform.id]);
    const headers = { authorization: `Bearer ${refreshToken}` };
    expect((await world.send('POST', '/sessions/tokens', { headers })).status).toBe(401);
  });
});

it('Other sessions of the platform continue when a customer is suspended', async () => {
  const holder = await aHolder();
  const neighbour = await world.make.aCustomer({ platformId: holder.platform.id });
  const headers = await world.make.workspaceHeaders(await world.make.aWorkspace(neighbour));
  await suspend(holder, 'customer');
  expect((await world.send('GET', '/accounts', { headers })).status).toBe(200);
});

it('A session without a workspace is refused in the workspace of a suspended holder', async () => {
  const holder = await aHolder();
  const { accessToken } = await world.make.aSession(holder.platform.id, null);
  const headers = { ...holder.session, authorization: `Bearer ${accessToken}` };
  expect((await world.send('GET', '/accounts', { headers })).status).toBe(200);
  await suspend(holder, 'customer');
  const deadline = Date.now() + 1_000;
  const statusNow = async () => (await world.send('GET', '/accounts', { headers })).status;
  while ((await statusNow()) === 200 && Date.now() < deadline) await new Promise(setImmediate);
  expect(await statusNow()).toBe(401);
});

it('docs/operate.md names every operation that remains available for a suspended customer', () => {
  const [section = ''] = /## Suspension\n[^]*?\n## /.exec(readFileSync('docs/operate.md', 'utf8')) ?? [];
  const named = [...section.matchAll(/`((?:GET|POST) [^`]+)`/g)].map(
    ([, operation]) => `platform ${operation}`,
  );
  expect(named.sort()).toEqual(Object.keys(EXEMPT).sort());
});
