import { sendRaw } from '../support/raw-http.js';
import { createWorld, type World } from '../support/world.js';

let world: World;
let url: string;

beforeAll(async () => {
  world = await createWorld();
  await world.app.listen(0, '127.0.0.1');
  url = await world.app.getUrl();
});
afterAll(() => world.close());

const PROBLEM = { status: 400, code: 'validation_failed', errors: [{ path: 'Host' }] };
const PLATFORM = { httpCode: 400, i18nKey: '400.001', errors: [{ path: 'Host' }] };
const BY_PATH: [requestLine: string, body: object][] = [
  ['GET /api/v1/accounts HTTP/1.1', PROBLEM],
  ['GET /products HTTP/1.1', { errorCode: 'invalid_request' }],
  ['GET /customers HTTP/1.1', PLATFORM],
  ['GET /customers/%zz HTTP/1.1', PLATFORM],
  ['POST /oauth/token HTTP/1.1', { ...PLATFORM, error: 'invalid_request' }],
  ['GET /admin/me HTTP/1.1', PROBLEM],
  ['GET /admin/nothing-here HTTP/1.1', PROBLEM],
  ['GET /nothing-here HTTP/1.1', PROBLEM],
  ['GET /health/live HTTP/1.1', PROBLEM],
  ['GET /openapi/owner.json HTTP/1.1', PROBLEM],
];

describe('A request with an invalid or repeated Host (RFC 9112 §3.2)', () => {
  it.each(BY_PATH)('is refused in the shape of the API: %s', async (requestLine, body) => {
    for (const hosts of [
      ['host: bank.example', 'host: bank.example'],
      ['host: bank.example', 'HOST: other.example'],
      ['host: ops@bank.example'],
    ]) {
      const { status, text } = await sendRaw(url, [requestLine, ...hosts]);
      expect({ hosts, status, body: JSON.parse(text) }).toMatchObject({ hosts, status: 400, body });
    }
  });

  it.each([
    ...['a b', 'a, b', 'a/b', 'a?b', 'a#b', 'a\\b', '"a"', '<a>', 'bänk.example', 'a%zz', 'http://a'],
    ...['a:b', 'a:80:80', 'a:999999', '[::1', '::1', '[::1]a', '[]', 'a\tb'],
  ])('is refused: %j', async (host) => {
    expect((await sendRaw(url, ['GET /health/live HTTP/1.1', `host: ${host}`])).status).toBe(400);
  });

  it.each([
    ...[
      '',
      'bank',
      'Bank.Example',
      'bank.example.',
      'my_bank:8080',
      '127.0.0.1:3000',
      '[::1]',
      '[fe80::1%25eth0]:80',
    ],
    ...['b%C3%A4nk.example:', "a!$&'()*+;=b~"],
  ])('is accepted: %j', async (host) => {
    expect((await sendRaw(url, ['GET /health/live HTTP/1.1', `host: ${host}`])).status).toBe(200);
  });

  it('is not executed', async () => {
    const { platformId, identifier } = await world.make.aCustomer({ countryOfResidence: 'US' });
    const { authorization = '' } = await world.make.platformHeaders(platformId);
    const account = {
      accountIdentifier: 'account-1',
      displayName: 'Account one',
      contactEmail: 'a@b.example',
    };
    const lines = [
      `POST /customers/${identifier}/accounts HTTP/1.1`,
      ...[`authorization: ${authorization}`, 'content-type: application/json', 'host: bank.example'],
    ];
    const open = (more: string[] = []) => sendRaw(url, [...lines, ...more], JSON.stringify(account));
    expect((await open(['host: bank.example'])).status).toBe(400);
    expect(await world.count('accounts', `platform_id = ${platformId}`)).toBe(0);
    expect((await open()).status).toBe(201);
  });
});
