import {
  API_NAMES,
  BANK_APIS,
  type ApiName,
  callsIn,
  type DocumentedCall,
  type Part,
  readDocument,
  resolve,
} from '../support/api-documents.js';
import type { KeyHeaders } from '../support/factories.js';
import { sendRaw } from '../support/raw-http.js';
import { createSandbox, type Sandbox, SANDBOX_TOKEN } from '../support/sandbox.js';

/** Values put into a path or a query, percent-encoded. */
const VALUES: [name: string, encoded: string][] = [
  ['a NUL byte', '%00'],
  ['a NUL byte within a code', 'Z%00R'],
  ['a path upwards', '%2e%2e%2f'],
  ['a value longer than the router takes', 'A'.repeat(5_000)],
  ['a value as long as the router takes', 'A'.repeat(1_000)],
  ['bytes that are not UTF-8', '%ff'],
  ['a lone surrogate', '%ed%a0%80'],
  ['a number beyond every integer', '9'.repeat(40)],
  ['half an escape', '%4'],
  ['a code where a number belongs', 'plt_AB'],
];

/** The members of each API's error responses. */
const PROBLEM = ['type', 'title', 'status', 'code', 'requestId'];
const REFUSALS: Readonly<Record<ApiName, string[]>> = {
  owner: PROBLEM,
  workspace: ['errorCode', 'message'],
  platform: ['timestamp', 'requestId', 'path', 'httpCode', 'httpPhrase', 'i18nKey', 'message', 'errors'],
  admin: PROBLEM,
  sandbox: PROBLEM,
};

/** Paths that belong to no API. */
const BESIDE_THE_APIS = ['/docs', '/openapi', '/health', '/.well-known'];
const TAILS = [
  ...['../x', './x', '%2e%2e/x', '%2e%2e%2fx', '..%5cx', '/x', 'a\\x', '.env', '%5c', 'x/../../x'],
  ...['%00', 'a%00.js', '%ff', '%ed%a0%80', '%4', 'A'.repeat(5_000)],
];

describe('A path with an impossible identifier', () => {
  let sandbox: Sandbox;
  let credentials: Record<ApiName, KeyHeaders>;
  let url: string;

  beforeAll(async () => {
    sandbox = await createSandbox();
    await sandbox.app.listen(0, '127.0.0.1');
    url = await sandbox.app.getUrl();
    credentials = {
      ...(await sandbox.make.headersOfEveryApi()),
      sandbox: { authorization: `Bearer ${SANDBOX_TOKEN}` },
    };
  });
  afterAll(() => sandbox.close());

  describe.each(API_NAMES)('is refused in the shape of the %s API', (api) => {
    const document = readDocument(api);
    const places = placesIn(document, ({ path }) => namesIn(path));

    it.each(places)('%s', async (_title, call, name) => {
      for (const [what, value] of VALUES) {
        const method = call.method.toUpperCase();
        const path = pathOf(document, call, { [name]: value });
        const sent = { headers: credentials[api], ...bodyOf(document, call) };
        const { status, body } = await sandbox.send(method, path, sent);
        expect({ what, status, isRefused: status >= 400 && status < 500 }).toMatchObject({ isRefused: true });
        expect({ what, members: Object.keys(body as object) }).toEqual({
          what,
          members: expect.arrayContaining(REFUSALS[api]),
        });
      }
    });
  });

  describe.each(BANK_APIS)('nor, in a query, fails the %s API', (api) => {
    const document = readDocument(api);
    const places = placesIn(document, (call) => queriesOf(document, call));

    it.each(places)('%s', async (_title, call, name) => {
      for (const [what, value] of VALUES) {
        const path = `${pathOf(document, call, {})}?${name}=${value}`;
        const sent = { headers: credentials[api], ...bodyOf(document, call) };
        const { status } = await sandbox.send(call.method.toUpperCase(), path, sent);
        expect({ what, status, isOurs: status >= 500 }).toMatchObject({ isOurs: false });
      }
    });
  });

  it.each(BESIDE_THE_APIS)('is not found below %s', async (root) => {
    for (const tail of TAILS) {
      const { status, text } = await sendRaw(url, [`GET ${root}/${tail} HTTP/1.1`]);
      const { code } = JSON.parse(text);
      expect({ tail, status, code }).toEqual({ tail, status: 404, code: 'route_not_found' });
    }
  });

  it.each([
    'range: bytes=99999999-',
    'if-match: "none"',
    'if-unmodified-since: Thu, 01 Jan 1970 00:00:00 GMT',
  ])('gets 400 for a static file with the header %s', async (header) => {
    const { status, text } = await sendRaw(url, ['GET /docs/swagger-ui.css HTTP/1.1', header]);
    expect({ status, code: JSON.parse(text).code }).toEqual({
      status: 400,
      code: 'validation_failed',
    });
  });
});

type Place = [title: string, call: DocumentedCall, name: string];

function placesIn(document: Part, namesOf: (call: DocumentedCall) => string[]): Place[] {
  return callsIn(document).flatMap((call) =>
    namesOf(call).map((name): Place => [`${call.method} ${call.path}, ${name}`, call, name]),
  );
}

/** Used instead of the examples of the document: rows that exist, so that the value under test is reached. */
const EXISTING: Readonly<Record<string, string>> = { code: 'GB', role: 'operator' };

function namesIn(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

function parametersOf(document: Part, { operation }: DocumentedCall): Part[] {
  return (operation.parameters ?? []).map((parameter: Part) => resolve(document, parameter));
}

function queriesOf(document: Part, call: DocumentedCall): string[] {
  return parametersOf(document, call)
    .filter((parameter) => parameter.in === 'query')
    .map(({ name }) => String(name));
}

/** The path with the given values, and with the examples of the document for the other parameters. */
function pathOf(document: Part, call: DocumentedCall, given: Record<string, string>): string {
  const parameters = parametersOf(document, call);
  return call.path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const { example, schema }: Part = parameters.find((parameter) => parameter.name === name);
    return given[name] ?? EXISTING[name] ?? String(example ?? schema.example ?? schema.enum?.[0]);
  });
}

function bodyOf(document: Part, { operation }: DocumentedCall): { body?: object } {
  const content = resolve(document, operation.requestBody)?.content?.['application/json'];
  if (content === undefined) return {};
  const [example] = Object.values<Part>(content.examples ?? {});
  return { body: content.example ?? resolve(document, example)?.value ?? {} };
}
