import type { KeyHeaders } from '../support/factories.js';
import { type TestResponse, createWorld, type World } from '../support/world.js';

/** The data of one tenant: every kind of id, and every kind of credential. */
interface Tenant {
  owner: KeyHeaders;
  workspace: KeyHeaders;
  platform: KeyHeaders;
  workspaceId: string;
  customerIdentifier: string;
  ownerAccountId: string;
  workspaceAccountId: string;
  accountIdentifier: string;
  /** Texts that no other tenant may ever receive. */
  secrets: string[];
}

let world: World;
let victim: Tenant;
/** Another owner and workspace on the victim's own platform. */
let neighbour: Tenant;
/** A tenant of another platform. */
let stranger: Tenant;

beforeAll(async () => {
  world = await createWorld();
  const platformId = (await world.make.aPlatform()).id;
  victim = await aTenant(platformId, 'victim');
  neighbour = await aTenant(platformId, 'neighbour');
  stranger = await aTenant((await world.make.aPlatform()).id, 'stranger');
});
afterAll(() => world.close());

async function aTenant(platformId: string, name: string): Promise<Tenant> {
  const identifier = `${name}-customer`;
  const displayName = `${name} customer`;
  const customer = await world.make.aCustomer({
    platformId,
    identifier,
    displayName,
    countryOfResidence: 'GB',
  });
  const workspace = await world.make.aWorkspace(customer);
  const headers = {
    owner: await world.make.ownerHeaders(customer),
    workspace: await world.make.workspaceHeaders(workspace),
    platform: await world.make.platformHeaders(platformId),
  };
  const own = await opened('/api/v1/accounts', headers.owner, { currency: 'GBP' });
  const ofProduct = await opened('/accounts', headers.workspace, { productID: 7, alias: `${name} alias` });
  const accountIdentifier = `${name}-account`;
  const contactEmail = `${name}@example.com`;
  await opened(`/customers/${identifier}/accounts`, headers.platform, {
    accountIdentifier,
    displayName,
    contactEmail,
  });
  return {
    ...headers,
    workspaceId: workspace.id,
    customerIdentifier: identifier,
    ownerAccountId: own.body.id,
    workspaceAccountId: String(ofProduct.body.id),
    accountIdentifier,
    secrets: [displayName, own.body.id, ofProduct.body.code, `${name} alias`, contactEmail],
  };
}

async function opened(path: string, headers: KeyHeaders, body: object): Promise<TestResponse> {
  const answer = await world.send('POST', path, { headers, body });
  if (answer.status >= 300) throw new Error(answer.text);
  return answer;
}

/** Every operation of a tenant that names one of its ids. */
function callsNaming(target: Tenant, headers: Tenant): { name: string; run: () => Promise<TestResponse> }[] {
  const call = (method: string, path: string, of: KeyHeaders, body?: object) => ({
    name: `${method} ${path}`,
    run: () => world.send(method, path, { headers: of, body }),
  });
  const inWorkspace = { ...headers.workspace, 'workspace-id': target.workspaceId };
  const account = { accountIdentifier: 'intruder', displayName: 'Intruder', contactEmail: 'i@example.com' };
  const customer = target.customerIdentifier;
  return [
    call('GET', `/api/v1/accounts/${target.ownerAccountId}`, headers.owner),
    call('POST', '/accounts', inWorkspace, { productID: 7, alias: 'intruder' }),
    call('GET', '/accounts', inWorkspace),
    call('GET', `/accounts/${target.workspaceAccountId}`, inWorkspace),
    call('GET', `/accounts/${target.workspaceAccountId}`, headers.workspace),
    ...['', '/raas/v2'].flatMap((base) => [
      call('GET', `${base}/customers/${customer}`, headers.platform),
      call('GET', `${base}/customers/${customer}/accounts`, headers.platform),
      call('POST', `${base}/customers/${customer}/accounts`, headers.platform, account),
    ]),
    call('GET', `/raas/v2/accounts/${target.accountIdentifier}`, headers.platform),
  ];
}

/** The same calls with ids that do not exist, to compare what an intruder can learn. */
function nobody(): Tenant {
  return {
    ...victim,
    workspaceId: '999999',
    customerIdentifier: 'nobody-customer',
    ownerAccountId: 'acc_0000000000000000',
    workspaceAccountId: '999999',
    accountIdentifier: 'nobody-account',
  };
}

/** A response without what the intruder sent itself, and without what differs from one request to the next. */
function learntFrom({ status, text }: TestResponse): string {
  return `${status} ${text}`.replace(/"(requestId|timestamp|instance|path)":"[^"]*"/g, '');
}

function shapeOf(answer: TestResponse): string {
  return learntFrom(answer).replace(/[\w-]*(victim|neighbour|nobody)[\w-]*/g, '');
}

const SAME_PLATFORM = /customers|raas/;

describe.each([
  ['a stranger on another platform', () => stranger, () => true],
  ['a neighbour on the same platform', () => neighbour, (name: string) => !SAME_PLATFORM.test(name)],
] as const)('Each credential of %s', (_who, intruder, isForbidden) => {
  it('is refused on every call with an id of the victim, exactly as if the id did not exist', async () => {
    const attempts = callsNaming(victim, intruder()).filter(({ name }) => isForbidden(name));
    const controls = callsNaming(nobody(), intruder()).filter(({ name }) => isForbidden(name));
    expect(attempts.length).toBeGreaterThanOrEqual(5);
    for (const [index, attempt] of attempts.entries()) {
      const answer = await attempt.run();
      const control = await controls[index]?.run();
      expect({ call: attempt.name, refused: answer.status >= 400 }).toEqual({
        call: attempt.name,
        refused: true,
      });
      expect(shapeOf(answer)).toBe(control && shapeOf(control));
      expect(victim.secrets.filter((secret) => learntFrom(answer).includes(secret))).toEqual([]);
    }
  });

  it('finds nothing of the victim in any list', async () => {
    const { owner, workspace, platform } = intruder();
    const lists = [
      await world.send('GET', '/api/v1/accounts', { headers: owner }),
      await world.send('GET', '/accounts', { headers: workspace }),
      ...(intruder() === stranger
        ? [
            await world.send('GET', '/customers', { headers: platform }),
            await world.send('GET', '/raas/v2/accounts', { headers: platform }),
            await world.send('GET', '/raas/v2/accounts?paginate=true', { headers: platform }),
          ]
        : []),
    ];
    for (const { status, text } of lists) {
      expect(status).toBe(200);
      expect(victim.secrets.filter((secret) => text.includes(secret))).toEqual([]);
    }
  });

  it('wrote nothing to the victim’s data', async () => {
    expect(await world.count('accounts', `alias = 'intruder' OR account_identifier = 'intruder'`)).toBe(0);
  });
});

describe('A credential of one API', () => {
  it('is accepted by no other API', async () => {
    const { owner, workspace, platform } = victim;
    const attempts: [path: string, headers: KeyHeaders][] = [
      ['/api/v1/accounts', platform],
      ['/api/v1/accounts', workspace],
      ['/accounts', { ...owner, 'workspace-id': victim.workspaceId }],
      ['/accounts', { ...platform, 'workspace-id': victim.workspaceId }],
      ['/customers', owner],
      ['/customers', workspace],
      ['/raas/v2/accounts', owner],
      ['/raas/v2/accounts', workspace],
    ];
    for (const [path, headers] of attempts) {
      expect((await world.send('GET', path, { headers })).status).toBe(401);
    }
  });
});
