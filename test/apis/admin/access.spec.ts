import { readFileSync } from 'node:fs';
import { ADMIN_SCOPES } from '../../../src/auth/caller.js';
import { ChangeFeed } from '../../../src/database/change-feed.service.js';
import { type AdminClient, anAdminClient, customerId } from '../../support/admin.js';
import { BAD_BODIES, JSON_TYPE } from '../../support/bad-input.js';
import { duringOutage } from '../../support/outage.js';
import { basicOf } from '../../support/tokens.js';
import { createWorld, type World } from '../../support/world.js';

interface Operation {
  method: string;
  path: string;
  scope: string | undefined;
}

const document = JSON.parse(readFileSync('docs/openapi/admin.json', 'utf8'));
const OPERATIONS: Operation[] = Object.entries<Record<string, { security: Record<string, string[]>[] }>>(
  document.paths,
).flatMap(([path, item]) =>
  Object.entries(item).map(([method, { security }]) => ({
    method: method.toUpperCase(),
    path,
    scope: security.flatMap((requirement) => requirement.adminOauth2 ?? [])[0],
  })),
);
const GUARDED = OPERATIONS.filter(({ scope }) => scope !== undefined);

/** The path with a value for each parameter. */
function filledIn(path: string): string {
  return path
    .replace('{id}', 'cus_1_1')
    .replace('{code}', 'ZAR')
    .replace('{currency}', 'ZAR')
    .replace('{act}', 'suspend')
    .replace('{role}', 'operator')
    .replace('{provider}', 'demo');
}

let world: World;
let viewer: AdminClient;
let operator: AdminClient;
let approver: AdminClient;

beforeAll(async () => {
  world = await createWorld();
  [viewer, operator, approver] = await Promise.all([
    anAdminClient(world, 'viewer'),
    anAdminClient(world, 'operator'),
    anAdminClient(world, 'approver'),
  ]);
});
afterAll(() => world.close());

describe('Every operation of the admin API', () => {
  it('is read from the document: there are more than 40', () => {
    expect(GUARDED.length).toBeGreaterThan(40);
  });

  it.each(GUARDED)('$method $path is for admins alone', async ({ method, path }) => {
    const customer = await world.make.aCustomer();
    const strangers = [
      await world.make.ownerHeaders(customer),
      await world.make.platformHeaders(customer.platformId),
      await world.make.workspaceHeaders(await world.make.aWorkspace(customer)),
    ];
    const none = await world.send(method, filledIn(path));
    expect([none.status, none.body?.code ?? JSON.parse(none.text).code]).toEqual([
      401,
      'credentials_required',
    ]);
    for (const headers of strangers)
      expect((await world.send(method, filledIn(path), { headers })).status).toBe(401);
  });

  it.each(GUARDED.filter(({ scope }) => scope !== 'admin:read'))(
    '$method $path is refused to a viewer',
    async ({ method, path }) => {
      const { status, text } = await world.send(method, filledIn(path), { headers: viewer.headers });
      expect([status, JSON.parse(text).code]).toEqual([403, 'scope_missing']);
    },
  );

  it.each(GUARDED.filter(({ scope }) => scope === 'admin:approve'))(
    '$method $path is refused to an operator',
    async ({ method, path }) => {
      const { status } = await world.send(method, filledIn(path), { headers: operator.headers });
      expect(status).toBe(403);
    },
  );

  it.each(GUARDED.filter(({ method }) => method === 'POST'))(
    '$method $path refuses a body that is none, and writes nothing',
    async ({ path }) => {
      const before = await world.count('audit_entries');
      for (const [, raw] of BAD_BODIES.slice(0, 4)) {
        const headers = { ...approver.headers, ...JSON_TYPE };
        const { status, text } = await world.send('POST', filledIn(path), { headers, raw });
        // A bulk endpoint takes NDJSON, and no JSON.
        expect(path.endsWith('/bulk') ? [415] : [400, 404]).toContain(status);
        expect(JSON.parse(text)).toMatchObject({ type: expect.stringMatching(/^urn:vostro:error:/), status });
      }
      expect(await world.count('audit_entries')).toBe(before);
    },
  );
});

describe('An admin', () => {
  it('gets its name, role and scopes', async () => {
    expect((await operator.get('/me')).body).toMatchObject({
      object: 'admin',
      id: expect.stringMatching(/^adm_0_\d+$/),
      scopes: ['admin:read', 'admin:write'],
    });
  });

  it('may call with a token of POST /oauth/token, which carries the role', async () => {
    const { key, secret } = await world.make.anAdmin('viewer');
    const token = await world.send('POST', '/oauth/token', {
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`,
      },
      raw: 'grant_type=client_credentials',
    });
    expect(token.body).toMatchObject({ token_type: 'Bearer', scope: 'admin:read' });
    const headers = { authorization: `Bearer ${token.body.access_token}` };
    expect((await world.send('GET', '/admin/me', { headers })).status).toBe(200);
    expect((await world.send('GET', '/raas/v2/accounts', { headers })).status).toBe(401);
  });

  it.each([
    ['viewer', 'admin:read'],
    ['operator', 'admin:read admin:write'],
    ['approver', 'admin:read admin:write admin:approve'],
  ] as const)(
    'that is %s and asks for every scope gets a token with those of the role',
    async (role, own) => {
      const headers = {
        ...basicOf(await world.make.anAdmin(role)),
        'content-type': 'application/x-www-form-urlencoded',
      };
      const form = { grant_type: 'client_credentials', scope: ADMIN_SCOPES.join(' ') };
      const raw = new URLSearchParams(form).toString();
      const { status, body } = await world.send('POST', '/oauth/token', { headers, raw });
      expect([status, body.scope]).toEqual([200, own]);
      const authorization = `Bearer ${body.access_token}`;
      const me = await world.send('GET', '/admin/me', { headers: { authorization } });
      expect(me.body.scopes).toEqual(own.split(' '));
    },
  );

  it('loses access with every key within a second after being disabled', async () => {
    const { key, secret, adminId } = await world.make.anAdmin('operator');
    const headers = { 'x-api-key': key, 'x-api-secret': secret };
    expect((await world.send('GET', '/admin/me', { headers })).status).toBe(200);
    await world.dataSource.transaction(async (tx) => {
      await tx.query(`UPDATE admins SET status = 'disabled' WHERE id = $1`, [adminId]);
      await world.app.get(ChangeFeed).announce(tx, 'credentials');
    });
    const deadline = Date.now() + 1_000;
    const call = () => world.send('GET', '/admin/me', { headers });
    while ((await call()).status === 200 && Date.now() < deadline) await new Promise(setImmediate);
    expect((await call()).status).toBe(401);
  });

  it('gets problem details with their media type, also for an unknown path', async () => {
    for (const [method, path, status] of [
      ['GET', '/admin/nothing', 404],
      ['PUT', '/admin/customers', 405],
    ] as const) {
      const answer = await world.send(method, path, { headers: viewer.headers });
      expect(answer.status).toBe(status);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(JSON.parse(answer.text)).toMatchObject({ status, instance: path, title: expect.any(String) });
    }
  });

  it('gets 503 while the database is unavailable', async () => {
    const answer = await duringOutage(world, () => viewer.get('/customers'));
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBeDefined();
  });
});

describe('The admin document', () => {
  const methodsShown = async (client?: AdminClient): Promise<Set<string>> => {
    const { body } = await world.send('GET', '/openapi/admin.json', { headers: client?.headers ?? {} });
    return new Set(Object.values<object>(body.paths).flatMap((item) => Object.keys(item)));
  };

  it('shows a viewer no write operation', async () => {
    const { body } = await world.send('GET', '/openapi/admin.json', { headers: viewer.headers });
    expect(await methodsShown(viewer)).toEqual(new Set(['get', 'post']));
    const posts = Object.entries<Record<string, unknown>>(body.paths).filter(([, item]) => 'post' in item);
    expect(posts.map(([path]) => path)).toEqual(['/admin/jurisdictions/{code}/preview']);
  });

  it('shows the operations of approvals to an approver, and not to an operator', async () => {
    const paths = async (client: AdminClient): Promise<string[]> =>
      Object.keys((await world.send('GET', '/openapi/admin.json', { headers: client.headers })).body.paths);
    expect(await paths(operator)).not.toContain('/admin/approvals/{id}/approve');
    expect(await paths(approver)).toContain('/admin/approvals/{id}/approve');
  });

  it('is complete without an admin’s credential', async () => {
    expect((await world.send('GET', '/openapi/admin.json')).body).toEqual(document);
  });
});

describe('A list', () => {
  it('is paged without repeating or omitting rows written meanwhile', async () => {
    const platformId = (await world.make.aPlatform()).id;
    const made: string[] = [];
    for (let n = 0; n < 7; n++) made.push(customerId(await world.make.aCustomer({ platformId })));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const next: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await viewer.get(
        `/customers?platform=plt_${platformId}&sort=createdAt&limit=3${next}`,
      );
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor;
      if (seen.length === 3) made.push(customerId(await world.make.aCustomer({ platformId })));
    } while (cursor !== null);
    expect(seen).toEqual(made);
  });

  it.each(['displayName', '-displayName', 'createdAt', '-createdAt'])('is sorted by %s', async (sort) => {
    const { body } = await viewer.get(`/customers?sort=${sort}&limit=200`);
    const field = sort.replace('-', '');
    const values = body.items.map((item: Record<string, string>) => item[field]);
    const sorted = [...values].sort();
    expect(values).toEqual(sort.startsWith('-') ? sorted.reverse() : sorted);
  });

  it.each([
    'limit=0',
    'limit=201',
    'limit=x',
    'sort=secret',
    'cursor=abc',
    `cursor=${Buffer.from(JSON.stringify(['-createdAt', 'no time', '1'])).toString('base64url')}`,
    'unknown=1',
    'kycStatus=odd',
    'platform=cus_1_1',
    'name=',
    'name=a&name=b',
    '__proto__=1',
  ])('refuses ?%s', async (query) => {
    const { status, text } = await viewer.get(`/customers?${query}`);
    expect([status, JSON.parse(text).code]).toEqual([400, 'validation_failed']);
  });
});
