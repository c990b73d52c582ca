import { BANK_APIS, callsIn, readDocument } from '../support/api-documents.js';
import type { KeyHeaders } from '../support/factories.js';
import { anOpening } from '../support/opening.js';
import { sendRaw } from '../support/raw-http.js';
import { createWorld, type World } from '../support/world.js';

/** Other ways to write the same target: RFC 9112 §3.2.2, and unreserved characters of RFC 3986 §6.2.2.2. */
const FORMS: [name: string, write: (path: string) => string][] = [
  ['an absolute form', (path) => `http://bank.example${path}`],
  ['an absolute form of another case and port', (path) => `HTTPS://bank.example:8443${path}`],
  ['percent-encoded letters', encoded],
  ['both', (path) => `http://bank.example${encoded(path)}`],
];

let world: World;
let url: string;
let credentials: Record<string, KeyHeaders>;
beforeAll(async () => {
  world = await createWorld();
  await world.app.listen(0, '127.0.0.1');
  url = await world.app.getUrl();
  credentials = await world.make.headersOfEveryApi();
});
afterAll(() => world.close());

/** The first letter of each part of the path, percent-encoded in lower and upper case alike. */
function encoded(path: string): string {
  return path.replace(/\/([a-z])/gi, (_all, letter: string) => `/%${letter.charCodeAt(0).toString(16)}`);
}

/** The second call would come from a session that has ended. */
function endsSession(method: string, path: string): boolean {
  return method === 'DELETE' && path === '/sessions';
}

async function send(method: string, target: string, headers: KeyHeaders, body = '') {
  const lines = Object.entries({ 'content-type': 'application/json', ...headers });
  const sent = [`${method} ${target} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)];
  const { status, text } = await sendRaw(url, sent, body);
  const isJson = text.startsWith('{') || text.startsWith('[');
  return { status, members: isJson ? Object.keys(JSON.parse(text) as object) : [], text };
}

describe.each(BANK_APIS)('A target of the %s API', (api) => {
  const calls = callsIn(readDocument(api)).map(({ method, path }): [string, string] => [
    method.toUpperCase(),
    path.replaceAll(/\{[^}]+\}/g, 'none'),
  ]);

  it.each(FORMS)('is the same in %s, without credentials and with them', async (_name, write) => {
    for (const [method, path] of calls)
      for (const headers of endsSession(method, path) ? [{}] : [{}, credentials[api] ?? {}]) {
        const { status, members } = await send(method, path, headers);
        const other = await send(method, write(path), headers);
        expect({ method, path, status: other.status, members: other.members }).toEqual({
          method,
          path,
          status,
          members,
        });
      }
  });
});

describe('A retry in another form of the target', () => {
  it('is the same request under its idempotency key', async () => {
    const customer = await world.make.aCustomer({ countryOfResidence: null });
    const headers = { ...(await world.make.platformHeaders(customer.platformId)), 'idempotency-key': 'one' };
    const path = `/customers/${customer.identifier}/accounts`;
    const first = await send('POST', path, headers, JSON.stringify(anOpening('targeted-1')));
    expect(first.status).toBe(201);
    for (const [, write] of FORMS)
      expect((await send('POST', write(path), headers, JSON.stringify(anOpening('targeted-1')))).text).toBe(
        first.text,
      );
    expect(await world.count('accounts', `customer_id = ${customer.id}`)).toBe(1);
  });
});

describe('A target that is no path', () => {
  it.each(['*', 'http://', 'accounts', '//accounts', 'ftp://bank.example/accounts'])(
    'is not found: %s',
    async (target) => {
      expect([400, 404]).toContain((await send('GET', target, {})).status);
    },
  );

  it('is the root in an absolute form without a path', async () => {
    expect(await send('GET', 'http://bank.example', {})).toEqual(await send('GET', '/', {}));
  });
});
