import {
  createSandbox,
  asPlatform,
  asOwner,
  type SandboxPlatform,
  type Sandbox,
} from '../support/sandbox.js';

const REQUEST_ID = '0b0ff7f0-3c5c-4d0e-9d5e-4f1a7c2b9a10';
const APIS = [
  ['owner', '/api/v1/accounts', 'code'],
  ['workspace', '/accounts', 'errorCode'],
  ['platform', '/customers', 'i18nKey'],
  ['platform, below its base path', '/raas/v2/accounts', 'i18nKey'],
  ['admin', '/admin/customers', 'code'],
] as const;
const WORDS = {
  429: ['rate_limited', '429.001'],
  500: ['internal_error', '500.001'],
  503: ['service_unavailable', '503.502'],
} as const;

let sandbox: Sandbox;
let made: SandboxPlatform;

beforeAll(async () => {
  sandbox = await createSandbox();
  made = await sandbox.aMadePlatform();
});
afterAll(() => sandbox.close());

const forced = (path: string, what: string, headers = {}) =>
  sandbox.send('GET', path, { headers: { 'vostro-sandbox': what, 'x-request-id': REQUEST_ID, ...headers } });

describe.each(APIS)('A forced response of the %s API', (_name, path, member) => {
  it.each([429, 500, 503] as const)('%i is in its own shape', async (status) => {
    const answer = await forced(path, `status=${status}`);
    expect(answer.status).toBe(status);
    expect(WORDS[status]).toContain(answer.body[member]);
    expect(answer.headers['x-request-id']).toBe(REQUEST_ID);
    expect(answer.headers['retry-after']).toBe(status === 500 ? undefined : '1');
  });

  it('refuses an invalid forcing header', async () => {
    expect((await forced(path, 'status=418')).status).toBe(400);
  });
});

describe('The forcing header', () => {
  it('delays the response, and does not change it', async () => {
    const began = performance.now();
    const answer = await forced('/customers', 'latency=300', asPlatform(made));
    expect(performance.now() - began).toBeGreaterThanOrEqual(295);
    expect(answer.status).toBe(200);
  });

  it('refuses before anything is decided or written', async () => {
    const body = { customerIdentifier: 'forced-one', displayName: 'Forced One' };
    const headers = { ...asPlatform(made), 'idempotency-key': 'forced-1' };
    const sent = (more: object) =>
      sandbox.send('POST', '/customers', { headers: { ...headers, ...more }, body });
    expect((await sent({ 'vostro-sandbox': 'status=503, latency=20' })).status).toBe(503);
    expect(await sandbox.count('customers', `identifier = 'forced-one'`)).toBe(0);
    expect(await sandbox.count('idempotency_records', `key = 'forced-1'`)).toBe(0);
    expect((await sent({})).status).toBe(201);
  });

  it('also applies outside the APIs, and not to the sandbox API', async () => {
    expect((await forced('/health/live', 'status=503')).status).toBe(503);
    expect((await forced('/nowhere', 'nonsense')).status).toBe(400);
    expect((await forced('/sandbox/clock', 'status=503')).status).toBe(401);
  });
});

describe('The sandbox API', () => {
  const CALLS = [
    ['GET', '/sandbox/clock'],
    ['PUT', '/sandbox/clock'],
    ['POST', '/sandbox/clock'],
    ['DELETE', '/sandbox/clock'],
    ['POST', '/sandbox/platforms'],
    ['POST', '/sandbox/platforms/plt_1/reset'],
  ] as const;

  it.each(CALLS)('%s %s wants the token', async (method, path) => {
    const none = await sandbox.send(method, path);
    expect([none.status, none.body.code]).toEqual([401, 'credentials_required']);
    expect(none.headers['content-type']).toContain('application/problem+json');
    const wrong = await sandbox.send(method, path, { headers: { authorization: 'Bearer nonsense' } });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'credentials_invalid']);
    const owner = await sandbox.send(method, path, { headers: asOwner(made) });
    expect(owner.status).toBe(401);
  });

  it('has a document in the list', async () => {
    const document = await sandbox.send('GET', '/openapi/sandbox.json');
    expect(Object.keys(document.body.paths)).toEqual(
      expect.arrayContaining([
        '/sandbox/clock',
        '/sandbox/platforms',
        '/sandbox/platforms/{platformId}/reset',
      ]),
    );
    expect((await sandbox.send('GET', '/docs/swagger-ui-init.js')).text).toContain('/openapi/sandbox.json');
  });
});
