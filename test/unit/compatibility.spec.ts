import { breakingChanges } from '../../tools/openapi/compatibility/breaking-changes.js';
import { type Contract, contractOf } from '../../tools/openapi/compatibility/contract.js';
import {
  declaredChanges,
  disagreement,
  withRelease,
} from '../../tools/openapi/compatibility/declared-changes.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- documents are changed at will */

/** A small document; each test compares it with a changed copy. */
const DOCUMENT = {
  servers: [{ url: '/' }, { url: '/raas/v2' }],
  paths: {
    '/accounts': {
      get: {
        operationId: 'listAccounts',
        parameters: [{ name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 100 } }],
        responses: {
          '200': { content: { 'application/json': { schema: { type: 'array', items: ref('Account') } } } },
        },
      },
      post: {
        operationId: 'openAccount',
        security: [{ apiKey: [], apiSecret: [] }, { bearer: [] }],
        parameters: [{ $ref: '#/components/parameters/Key' }],
        requestBody: { required: true, content: { 'application/json': { schema: ref('Opening') } } },
        responses: {
          '201': {
            headers: { 'X-Request-Id': { required: true, schema: { type: 'string', format: 'uuid' } } },
            content: { 'application/json': { schema: ref('Account') } },
          },
          '409': { $ref: '#/components/responses/Conflict' },
        },
      },
    },
  },
  components: {
    securitySchemes: {
      apiKey: { type: 'apiKey', in: 'header', name: 'X-API-KEY' },
      apiSecret: { type: 'apiKey', in: 'header', name: 'X-API-SECRET' },
      bearer: { type: 'http', scheme: 'bearer' },
    },
    parameters: {
      Key: { name: 'Idempotency-Key', in: 'header', schema: { type: 'string', maxLength: 255 } },
    },
    responses: { Conflict: { content: { 'application/json': { schema: ref('Problem') } } } },
    schemas: {
      Opening: {
        type: 'object',
        required: ['currency'],
        properties: {
          currency: { type: 'string', pattern: '^[A-Z]{3}$' },
          description: { type: ['string', 'null'], minLength: 1, maxLength: 100, description: 'Words.' },
          kind: { type: 'string', enum: ['current', 'savings'] },
          notify: { type: 'array', maxItems: 10, items: { type: 'string', format: 'email' } },
        },
      },
      Account: {
        type: 'object',
        required: ['id', 'balance', 'status'],
        properties: {
          id: { type: 'string', pattern: '^acc_' },
          balance: { type: 'number' },
          status: { type: 'string', enum: ['open', 'closed'] },
          parent: ref('Account'),
        },
      },
      Problem: { allOf: [{ type: 'object', required: ['code'], properties: { code: { type: 'string' } } }] },
    },
  },
};

function ref(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}

function changesOf(change: (document: any) => void): string[] {
  const after = structuredClone(DOCUMENT);
  change(after);
  return breakingChanges(contractOf(DOCUMENT), contractOf(after));
}

const OPEN = 'POST /accounts';
const opening = (d: any): any => d.components.schemas.Opening.properties;
const account = (d: any): any => d.components.schemas.Account.properties;

describe('A change that breaks a client', () => {
  it.each<[string, (document: any) => unknown, string[]]>([
    ['an operation removed', (d) => delete d.paths['/accounts'].get, ['GET /accounts: removed']],
    [
      'a path renamed',
      (d) => ((d.paths['/konten'] = d.paths['/accounts']), delete d.paths['/accounts']),
      ['GET /accounts: removed', `${OPEN}: removed`],
    ],
    ['a base path removed', (d) => d.servers.pop(), ['server /raas/v2: removed']],
    [
      'an operation renamed',
      (d) => (d.paths['/accounts'].get.operationId = 'accounts'),
      ['GET /accounts: operationId listAccounts → accounts'],
    ],
    [
      'a way to authenticate removed',
      (d) => d.paths['/accounts'].post.security.shift(),
      [`${OPEN}: security: apiKey + apiSecret removed`],
    ],
    [
      'a header of a credential renamed',
      (d) => (d.components.securitySchemes.apiKey.name = 'Key'),
      [`${OPEN}: security: apiKey + apiSecret removed`],
    ],
    ['a status removed', (d) => delete d.paths['/accounts'].post.responses['409'], [`${OPEN}: 409: removed`]],
    [
      'a status renamed',
      (d) => {
        const { responses } = d.paths['/accounts'].post;
        responses['200'] = responses['201'];
        delete responses['201'];
      },
      [`${OPEN}: 201: removed`],
    ],
    [
      'a parameter removed',
      (d) => d.paths['/accounts'].get.parameters.pop(),
      ['GET /accounts: query limit: removed'],
    ],
    [
      'a parameter now required',
      (d) => (d.components.parameters.Key.required = true),
      [`${OPEN}: header Idempotency-Key: required`],
    ],
    [
      'a new parameter that is required',
      (d) => d.paths['/accounts'].get.parameters.push({ name: 'x', in: 'query', required: true }),
      ['GET /accounts: query x: required'],
    ],
    [
      'a parameter narrowed',
      (d) => (d.paths['/accounts'].get.parameters[0].schema.maximum = 50),
      ['GET /accounts: query limit: maximum 100 → 50'],
    ],
    [
      'a new input that is required',
      (d) => {
        opening(d).name = { type: 'string' };
        d.components.schemas.Opening.required.push('name');
      },
      [`${OPEN}: body: name: required`],
    ],
    [
      'an input now required',
      (d) => d.components.schemas.Opening.required.push('kind'),
      [`${OPEN}: body: kind: required`],
    ],
    ['an input removed', (d) => delete opening(d).kind, [`${OPEN}: body: kind: removed`]],
    [
      'a body whose fields are closed',
      (d) => (d.components.schemas.Opening.additionalProperties = false),
      [`${OPEN}: body: no other fields`],
    ],
    [
      'a media type removed',
      (d) => (d.paths['/accounts'].post.requestBody.content = {}),
      [`${OPEN}: body: application/json: removed`],
    ],
    [
      'null refused',
      (d) => (opening(d).description.type = 'string'),
      [`${OPEN}: body: description: type null refused`],
    ],
    [
      'a shorter text',
      (d) => (opening(d).description.maxLength = 50),
      [`${OPEN}: body: description: maxLength 100 → 50`],
    ],
    [
      'a text that must be longer',
      (d) => (opening(d).description.minLength = 5),
      [`${OPEN}: body: description: minLength 1 → 5`],
    ],
    [
      'another pattern',
      (d) => (opening(d).currency.pattern = '^[A-Z]{2}$'),
      [`${OPEN}: body: currency: pattern ^[A-Z]{3}$ → ^[A-Z]{2}$`],
    ],
    ['a value refused', (d) => opening(d).kind.enum.pop(), [`${OPEN}: body: kind: value savings refused`]],
    [
      'a list of other things',
      (d) => (opening(d).notify.items = { type: 'integer' }),
      [`${OPEN}: body: notify[]: type string refused`],
    ],
    [
      'a list that may not repeat',
      (d) => (opening(d).notify.uniqueItems = true),
      [`${OPEN}: body: notify: items unique`],
    ],
    [
      'an answer’s field removed',
      (d) => delete account(d).balance,
      ['GET /accounts: 200: [].balance: removed', `${OPEN}: 201: balance: removed`],
    ],
    [
      'an answer’s field that may be absent',
      (d) => d.components.schemas.Account.required.pop(),
      ['GET /accounts: 200: [].status: may be absent', `${OPEN}: 201: status: may be absent`],
    ],
    [
      'an answer’s field of another type',
      (d) => (account(d).balance.type = 'string'),
      ['GET /accounts: 200: [].balance: type string new', `${OPEN}: 201: balance: type string new`],
    ],
    [
      'an answer’s field that may be null',
      (d) => (account(d).id.type = ['string', 'null']),
      ['GET /accounts: 200: [].id: type null new', `${OPEN}: 201: id: type null new`],
    ],
    [
      'a value an answer never had',
      (d) => account(d).status.enum.push('frozen'),
      ['GET /accounts: 200: [].status: value frozen new', `${OPEN}: 201: status: value frozen new`],
    ],
    [
      'a refusal’s field removed',
      (d) => (d.components.schemas.Problem.allOf[0].properties = {}),
      [`${OPEN}: 409: code: removed`],
    ],
    [
      'an answer’s header removed',
      (d) => delete d.paths['/accounts'].post.responses['201'].headers['X-Request-Id'],
      [`${OPEN}: 201: header X-Request-Id: removed`],
    ],
  ])('is %s', (_what, change, expected) => {
    expect(changesOf(change)).toEqual(expected);
  });
});

describe('A compatible change', () => {
  it.each<[string, (document: any) => unknown]>([
    [
      'another name for a security scheme',
      (d) => {
        const { securitySchemes: schemes } = d.components;
        schemes.token = schemes.bearer;
        d.paths['/accounts'].post.security[1] = { token: [] };
      },
    ],
    ['other words', (d) => (opening(d).description.description = 'Other words.')],
    ['a new operation', (d) => (d.paths['/x'] = { get: { operationId: 'x', responses: {} } })],
    ['a new field that may be left out', (d) => (opening(d).name = { type: 'string' })],
    ['a new field of an answer', (d) => (account(d).name = { type: 'string' })],
    ['an input that may now be left out', (d) => (d.components.schemas.Opening.required = [])],
    ['a longer text', (d) => (opening(d).description.maxLength = 200)],
    ['one more value to send', (d) => opening(d).kind.enum.push('loan')],
    ['a value an answer no longer has', (d) => account(d).status.enum.pop()],
    [
      'another name of a component',
      (d) => {
        d.components.schemas.Other = d.components.schemas.Opening;
        d.paths['/accounts'].post.requestBody.content['application/json'].schema = ref('Other');
      },
    ],
    [
      'a reference written out',
      (d) => (d.paths['/accounts'].post.responses['409'] = d.components.responses.Conflict),
    ],
  ])('is %s', (_what, change) => {
    expect(changesOf(change)).toEqual([]);
  });
});

describe('CHANGES.md', () => {
  const TEXT =
    '# Changes\n\n```\n- `in the words above` — no\n```\n\n## Unreleased\n\n- `owner: a: removed` — do this\n- prose\n\n## 1.0.0\n\n- `owner: b: removed` — old\n';

  it('declares the changes listed below Unreleased', () => {
    expect(declaredChanges(TEXT)).toEqual(['owner: a: removed']);
  });

  it('disagrees when a found change is not declared, or a declared change is not found', () => {
    expect(
      disagreement(['owner: a: removed', 'owner: c: removed'], ['owner: a: removed', 'owner: z: removed']),
    ).toEqual({
      undeclared: ['owner: c: removed'],
      unfounded: ['owner: z: removed'],
    });
  });

  it('starts an empty Unreleased section with each release', () => {
    const released = withRelease(TEXT, '1.1.0, 2026-01-15');
    expect(declaredChanges(released)).toEqual([]);
    expect(released).toContain('## Unreleased\n\n## 1.1.0, 2026-01-15\n\n- `owner: a: removed` — do this');
  });

  it('without its heading is an error', () => {
    expect(() => declaredChanges('# Changes')).toThrow('Unreleased');
  });
});

it('A contract holds the paths and servers of a document, and none of its descriptions', () => {
  expect(contractOf({ info: { title: 'x' }, paths: {}, servers: [] })).toEqual({
    paths: {},
    servers: [],
  } satisfies Contract);
});
