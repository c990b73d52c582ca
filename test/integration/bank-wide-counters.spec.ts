import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/configure-app.js';
import type { Customer } from '../../src/entities/customer.entity.js';
import type { KeyHeaders } from '../support/factories.js';
import { testEnvironment } from '../support/test-environment.js';
import { type TestResponse, createWorld, type World } from '../support/world.js';

/** The first value of the test's sequences: a number that can be recognised in any text. */
const FIRST = 7_300_000_000;
const SEQUENCES = ['accounts_id_seq', 'credentials_id_seq'];
const ACCOUNTS_EACH = 3;

interface Tenant {
  customer: Customer;
  platform: KeyHeaders;
  owner: KeyHeaders;
}

let world: World;
let tenants: [Tenant, Tenant];

beforeAll(async () => {
  world = await createWorld();
  for (const name of SEQUENCES) await world.dataSource.query(`SELECT setval('${name}', ${FIRST})`);
  tenants = [await aTenant(), await aTenant()];
  // Alternating between the tenants: the numbers between those of one tenant belong to the other one.
  for (let index = 0; index < ACCOUNTS_EACH; index++)
    for (const { customer, platform, owner } of tenants) {
      const body = {
        accountIdentifier: `account-${index}`,
        displayName: 'Account',
        contactEmail: 'a@b.example',
      };
      const path = `/customers/${customer.identifier}/accounts`;
      expect((await world.send('POST', path, { headers: platform, body })).status).toBe(201);
      const key = { name: `key ${index}` };
      await world.send('POST', '/api/v1/api-keys', { headers: owner, body: key });
    }
});
afterAll(() => world.close());

async function aTenant(): Promise<Tenant> {
  const customer = await world.make.aCustomer();
  const platform = await world.make.platformHeaders(customer.platformId);
  return { customer, platform, owner: await world.make.ownerHeaders(customer) };
}

const LISTS: [path: string, as: 'platform' | 'owner'][] = [
  ['/raas/v2/accounts?paginate=true&maxResults=1', 'platform'],
  ['/api/v1/api-keys', 'owner'],
];
const pageOf = ({ platform }: Tenant, cursor = '', path = '/raas/v2/accounts'): Promise<TestResponse> => {
  const more = cursor === '' ? '' : `&cursor=${cursor}`;
  return world.send('GET', `${path}?paginate=true&maxResults=1${more}`, { headers: platform });
};
const identifierOf = ({ body }: TestResponse): unknown => body.items[0].accountIdentifier;

/** Every text in a value except account numbers, which are numbers by their contract. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === 'accountNumber' ? [] : textsIn(inner)));
}

/** Whether a text, or the bytes it encodes, contains a number of the sequences. */
function holdsCounter(text: string): boolean {
  const parts = [text, ...text.split('_')];
  const read = parts.flatMap((part) => [Buffer.from(part), Buffer.from(part, 'base64url')]);
  return read.some((bytes) => {
    if (bytes.toString('latin1').includes('73000000')) return true;
    for (let at = 0; at + 8 <= bytes.length; at++) {
      const number = bytes.readBigUInt64BE(at);
      if (number >= BigInt(FIRST) && number < BigInt(FIRST + 1_000)) return true;
    }
    return false;
  });
}

describe('A response to a tenant', () => {
  it.each(LISTS)('holds no number that counts the rows of all tenants: %s', async (path, as) => {
    for (const tenant of tenants) {
      const { status, body } = await world.send('GET', path, { headers: tenant[as] });
      expect(status).toBe(200);
      const texts = textsIn(body);
      expect(texts.length).toBeGreaterThan(3);
      expect(texts.filter(holdsCounter)).toEqual([]);
    }
  });

  it('pages each tenant through its own rows', async () => {
    for (const tenant of tenants) {
      const seen = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: TestResponse = await pageOf(tenant, cursor);
        seen.push(identifierOf(page));
        cursor = page.body.nextCursor as string | null;
      }
      expect(seen).toEqual(['account-0', 'account-1', 'account-2']);
    }
  });
});

it('An API key is also found by its id of the first release, by its owner only', async () => {
  const [{ customer, owner }, other] = tenants;
  const { body } = await world.send('GET', '/api/v1/api-keys', { headers: owner });
  const [{ id }] = await world.dataSource.query<[{ id: string }]>(
    'SELECT id FROM credentials WHERE key = $1',
    [body.find(({ name }: { name: string }) => name === 'key 2').id],
  );
  const path = `/api/v1/api-keys/crd_${customer.platformId}_${id}`;
  expect((await world.send('DELETE', path, { headers: other.owner })).status).toBe(404);
  expect((await world.send('DELETE', path, { headers: owner })).status).toBe(200);
});

describe('A cursor', () => {
  const expectRefused = ({ status, body }: TestResponse): void => {
    expect([status, body.i18nKey, body.errors?.[0]?.path]).toEqual([400, '400.001', 'cursor']);
  };

  it('that was altered is refused', async () => {
    const { nextCursor } = (await pageOf(tenants[0])).body as { nextCursor: string };
    for (let at = 0; at < nextCursor.length; at++) {
      const other = nextCursor[at] === 'A' ? 'B' : 'A';
      expectRefused(await pageOf(tenants[0], nextCursor.slice(0, at) + other + nextCursor.slice(at + 1)));
    }
    const byHand = Buffer.from(`after:${FIRST + 1}`).toString('base64url');
    for (const cursor of [byHand, 'x', `${nextCursor}A`, nextCursor.slice(0, -1), `${nextCursor}%3D`])
      expectRefused(await pageOf(tenants[0], cursor));
  });

  it('of another tenant or another list is refused', async () => {
    const [one, other] = tenants;
    const { nextCursor } = (await pageOf(one)).body as { nextCursor: string };
    expectRefused(await pageOf(other, nextCursor));
    const ofCustomer = `/customers/${one.customer.identifier}/accounts`;
    expectRefused(await pageOf(one, nextCursor, ofCustomer));
    const own = (await pageOf(one, '', ofCustomer)).body as { nextCursor: string };
    expect(identifierOf(await pageOf(one, own.nextCursor, ofCustomer))).toBe('account-1');
    expectRefused(await pageOf(one, own.nextCursor));
  });
});

describe('Another process', () => {
  const serve = async (variables: Record<string, string>): Promise<NestFastifyApplication> => {
    const app = await createApp(testEnvironment(world.databaseUrl, variables));
    await app.getHttpAdapter().getInstance().ready();
    return app;
  };

  it('accepts cursors of the first process, because both derive the key from the pepper', async () => {
    const second = await serve({});
    const [{ platform }] = tenants;
    const { nextCursor } = (await pageOf(tenants[0])).body as { nextCursor: string };
    const url = `/raas/v2/accounts?paginate=true&maxResults=1&cursor=${nextCursor}`;
    const page = await second.inject({ method: 'GET', url, headers: platform });
    expect(page.json().items[0].accountIdentifier).toBe('account-1');
    await second.close();
  });
});
