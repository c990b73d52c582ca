import fc from 'fast-check';
import {
  API_NAMES,
  type ApiName,
  callsIn,
  examplesIn,
  type Part,
  readDocument,
  resolve,
  responsesIn,
  SchemaCompiler,
} from '../support/api-documents.js';
import type { Headers } from '../support/factories.js';
import { type Answer, createWorld, type World } from '../support/world.js';

const documents = Object.fromEntries(API_NAMES.map((name) => [name, readDocument(name)])) as Record<
  ApiName,
  Part
>;

const compilersByDocument = new Map<Part, SchemaCompiler>();
function compilers(document: Part): SchemaCompiler {
  const compiler = compilersByDocument.get(document) ?? new SchemaCompiler(document);
  compilersByDocument.set(document, compiler);
  return compiler;
}

/** Every body that an operation takes or gives, as `what: media`. */
function bodiesOf(document: Part, operation: Part): [what: string, media: Part][] {
  const answers = responsesIn(document, operation).flatMap(([status, { content }]) =>
    Object.entries<Part>(content ?? {}).map(([type, media]): [string, Part] => [`${status} ${type}`, media]),
  );
  const request = Object.entries<Part>(operation.requestBody?.content ?? {});
  return [...answers, ...request.map(([type, media]): [string, Part] => [`request ${type}`, media])];
}

describe.each(API_NAMES)('The committed document of the %s API', (name) => {
  const document = documents[name];
  const compiler = compilers(document);
  const calls = callsIn(document).map((call) => [`${call.method} ${call.path}`, call.operation] as const);

  it('is OpenAPI 3.1', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
  });

  it.each(calls)('tells all about %s', (_call, operation) => {
    expect(operation.summary).toBeTruthy();
    expect(operation.description).toBeTruthy();
    expect(operation.operationId).toMatch(/^[a-z][A-Za-z0-9]+$/);
    expect(operation.security).not.toEqual([]);
    const statuses = Object.keys(operation.responses);
    expect(statuses).toEqual(expect.arrayContaining(['401', '429', '500', '503']));
    for (const [, response] of responsesIn(document, operation)) {
      expect(response.description).toBeTruthy();
      expect(Object.keys(response.headers)).toContain('X-Request-Id');
    }
  });

  it.each(calls)(
    'shows what every body of %s looks like, and each example is of its schema',
    (_call, operation) => {
      for (const [what, media] of bodiesOf(document, operation)) {
        const validate = compiler.compile(media.schema);
        const examples = examplesIn(document, media);
        expect([what, examples.length]).not.toEqual([what, 0]);
        for (const value of examples)
          expect({ what, value, valid: validate(value), errors: validate.errors }).toMatchObject({
            valid: true,
          });
      }
    },
  );

  it.each(calls)('shows parameters of %s that are of their schema', (_call, operation) => {
    for (const given of operation.parameters ?? []) {
      const parameter = resolve(document, given);
      const validate = compiler.compile(parameter.schema);
      const shown = [parameter.example, parameter.schema.example, parameter.schema.default];
      for (const value of shown.filter((example) => example !== undefined))
        expect({ name: parameter.name, value, valid: validate(value) }).toMatchObject({ valid: true });
    }
  });

  it('explains every refusal that it shows', () => {
    for (const { value } of Object.values<Part>(document.components.examples)) {
      const code = value.code ?? value.errorCode ?? value.i18nKey;
      expect(document.info.description).toContain(`| \`${code}\` | ${value.detail ?? value.message} |`);
    }
  });

  it('names nothing outside this server', () => {
    const text = JSON.stringify(document);
    const hosts = [...text.matchAll(/https?:\/\/([\w.-]+)/g)].map(([, host = '']) => host);
    // Names below .example belong to nobody (RFC 2606): what a caller might fill in.
    const isNobodys = (host: string): boolean => host.endsWith('.example');
    expect(hosts.filter((host) => host !== 'www.apache.org' && !isNobodys(host))).toEqual([]);
  });
});

describe('Generated requests', () => {
  const RUNS = 150;
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.close());

  function answerSchema(document: Part, path: string, status: number) {
    const response = resolve(document, document.paths[path].post.responses[status]);
    const media = Object.values<Part>(response?.content ?? {})[0];
    return media === undefined ? null : compilers(document).compile(media.schema);
  }

  /** Values near and far from what a field wants. */
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.string({ unit: 'binary', maxLength: 120 }),
    fc.constantFrom('USD', 'usd', 'XXX', 'a-valid-id', 'a@example.com', 1, 7, -1, 2 ** 60, '😀', '\u0000'),
  );

  function bodies(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> {
    const mixed = Object.fromEntries(
      Object.entries(fields).map(([name, good]) => [
        name,
        fc.oneof({ weight: 4, arbitrary: good }, anything),
      ]),
    );
    return fc.oneof({ weight: 9, arbitrary: fc.record(mixed, { requiredKeys: [] }) }, fc.jsonValue());
  }

  async function expectDocumented(
    document: Part,
    call: { path: string; url: string; headers: Headers },
    arbitrary: fc.Arbitrary<unknown>,
  ): Promise<Set<number>> {
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(arbitrary, async (body) => {
        const answer: Answer = await world.send('POST', call.url, { headers: call.headers, body });
        const validate = answerSchema(document, call.path, answer.status);
        seen.add(answer.status);
        expect({ status: answer.status, documented: validate !== null }).toMatchObject({ documented: true });
        expect(answer.status).toBeLessThan(500);
        expect({ body: answer.body, valid: validate?.(answer.body) }).toMatchObject({ valid: true });
      }),
      { numRuns: RUNS },
    );
    return seen;
  }

  it('meet only documented statuses and bodies in the owner API, and some succeed', async () => {
    const headers = await world.make.ownerHeaders(await world.make.aCustomer());
    const call = { path: '/api/v1/accounts', url: '/api/v1/accounts', headers };
    const codes = fc.constantFrom('ZAR', 'USD', 'EUR', 'GBP', 'BTC', 'JPY', 'XQZ');
    const seen = await expectDocumented(documents.owner, call, bodies({ currency: codes }));
    expect([...seen]).toEqual(expect.arrayContaining([201, 400, 404, 409]));
  });

  it('meet only documented statuses and bodies in the workspace API, and some succeed', async () => {
    const customer = await world.make.aCustomer({ countryOfResidence: 'US' });
    const headers = await world.make.workspaceHeaders(await world.make.aWorkspace(customer));
    const call = { path: '/accounts', url: '/accounts', headers };
    const fields = { productID: fc.integer({ min: 1, max: 9 }), alias: fc.string({ maxLength: 12 }) };
    const seen = await expectDocumented(documents.workspace, call, bodies(fields));
    expect([...seen]).toEqual(expect.arrayContaining([200, 400]));
  });

  it('meet only documented statuses and bodies in the platform API, and some succeed', async () => {
    const customer = await world.make.aCustomer({ countryOfResidence: 'US' });
    const headers = await world.make.platformHeaders(customer.platformId);
    const path = '/customers/{customerIdentifier}/accounts';
    const call = { path, url: path.replace('{customerIdentifier}', customer.identifier), headers };
    const fields = {
      accountIdentifier: fc.stringMatching(/^[-0-9a-zA-Z]{5,8}$/),
      displayName: fc.constantFrom('An account', 'Another account'),
      contactEmail: fc.constant('a@example.com'),
      currencyCode: fc.constantFrom('AUD', 'CAD', 'EUR', 'GBP', 'USD'),
    };
    const seen = await expectDocumented(documents.platform, call, bodies(fields));
    expect([...seen]).toEqual(expect.arrayContaining([201, 400]));
  });
});
