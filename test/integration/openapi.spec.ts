import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import type { Headers } from '../support/factories.js';
import { type Answer, createWorld, type World } from '../support/world.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- a document is data */
type Document = any;

const NAMES = ['owner', 'workspace', 'platform', 'admin'] as const;
const documents = Object.fromEntries(
  NAMES.map((name) => [name, JSON.parse(readFileSync(join('docs/openapi', `${name}.json`), 'utf8'))]),
) as Record<(typeof NAMES)[number], Document>;

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);

/** What a response holds, whichever of the two media types it has. */
function contentOf(response: Document): Document {
  return response.content['application/json'] ?? response.content['application/problem+json'];
}

function operations(document: Document): { method: string; path: string; operation: Document }[] {
  return Object.entries<Document>(document.paths).flatMap(([path, item]) =>
    Object.entries<Document>(item)
      .filter(([method]) => ['get', 'post', 'patch', 'put', 'delete'].includes(method))
      .map(([method, operation]) => ({ method, path, operation })),
  );
}

function schemaOf(document: Document, path: string, method: string, status: number): ValidateFunction | null {
  const response = document.paths[path][method].responses[status];
  const schema = response === undefined ? undefined : contentOf(response).schema;
  return schema === undefined ? null : ajv.compile({ ...schema, components: document.components });
}

describe.each(NAMES)('The committed document of the %s API', (name) => {
  it('is OpenAPI 3.1', () => {
    expect(documents[name].openapi).toMatch(/^3\.1\./);
  });

  it.each(operations(documents[name]).map(({ method, path, operation }) => [`${method} ${path}`, operation]))(
    'tells all about %s',
    (_call, operation) => {
      expect(operation.summary).toBeTruthy();
      expect(operation.description).toBeTruthy();
      expect(operation.security).not.toEqual([]);
      const statuses = Object.keys(operation.responses);
      expect(statuses).toEqual(expect.arrayContaining(['401', '500', '503']));
      for (const [status, response] of Object.entries<Document>(operation.responses)) {
        expect(response.description).toBeTruthy();
        const content = contentOf(response);
        expect(content.schema).toBeDefined();
        if (Number(status) >= 400) expect(Object.keys(content.examples)).not.toHaveLength(0);
      }
    },
  );

  it('shows error examples that are of their schema', () => {
    const document = documents[name];
    for (const { method, path, operation } of operations(document)) {
      for (const [status, response] of Object.entries<Document>(operation.responses)) {
        const validate = schemaOf(document, path, method, Number(status));
        for (const { value } of Object.values<Document>(contentOf(response).examples ?? {})) {
          expect({ value, valid: validate?.(value), errors: validate?.errors }).toMatchObject({
            valid: true,
          });
        }
      }
    }
  });

  it('names nothing outside this server', () => {
    const text = JSON.stringify(documents[name]);
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
    document: Document,
    call: { path: string; url: string; headers: Headers },
    arbitrary: fc.Arbitrary<unknown>,
  ): Promise<Set<number>> {
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(arbitrary, async (body) => {
        const answer: Answer = await world.send('POST', call.url, { headers: call.headers, body });
        const validate = schemaOf(document, call.path, 'post', answer.status);
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
