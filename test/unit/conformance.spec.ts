import { Conformance } from '../support/conformance/conformance';
import ConformanceEnvironment from '../support/conformance/environment';
import type { Exchange } from '../support/conformance/exchange';

const THING = {
  type: 'object',
  required: ['id', 'kind'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    kind: { type: ['string', 'null'], enum: ['big', 'small', null] },
    parts: { type: 'array', items: { type: 'object', properties: { size: { type: 'integer' } } } },
    tags: { type: 'object', additionalProperties: { type: 'string' } },
  },
};
const MADE = { type: 'object', required: ['madeBy'], properties: { madeBy: { type: 'string' } } };
const ERROR = { type: 'object', required: ['code'], properties: { code: { type: 'string' } } };

const json = (schema: object): object => ({ 'application/json': { schema } });
const ref = (name: string): { $ref: string } => ({ $ref: `#/components/${name}` });
const ANY_HEADERS = { 'X-Request-Id': ref('headers/RequestId') };

const DOCUMENT = {
  servers: [{ url: '/' }, { url: '/twin' }],
  paths: {
    '/things/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', pattern: '^t\\d$' } }],
      get: {
        operationId: 'getThing',
        parameters: [ref('parameters/Limit'), { name: 'X-Who', in: 'header', schema: { type: 'integer' } }],
        responses: {
          200: {
            headers: { ...ANY_HEADERS, ETag: { required: true, schema: { type: 'string' } } },
            content: json({ allOf: [ref('schemas/Thing'), ref('schemas/Made')] }),
          },
          401: ref('responses/Refused'),
        },
      },
      put: {
        operationId: 'putThing',
        requestBody: { required: true, content: json(ref('schemas/Thing')) },
        responses: {
          200: { headers: ANY_HEADERS, content: json(ref('schemas/Thing')) },
          204: { headers: ANY_HEADERS },
          401: ref('responses/Refused'),
        },
      },
    },
    '/things/first': {
      get: {
        operationId: 'getFirst',
        responses: {
          200: {
            headers: ANY_HEADERS,
            content: json({ oneOf: [ref('schemas/Thing'), { type: 'array', items: ref('schemas/Thing') }] }),
          },
          401: ref('responses/Refused'),
        },
      },
    },
  },
  components: {
    schemas: { Thing: THING, Made: MADE, Error: ERROR },
    headers: { RequestId: { required: true, schema: { type: 'string', format: 'uuid' } } },
    parameters: { Limit: { name: 'limit', in: 'query', schema: { type: 'integer', maximum: 9 } } },
    responses: { Refused: { headers: ANY_HEADERS, content: json(ref('schemas/Error')) } },
  },
};

const UUID = '0b0ff7f0-3c5c-4d0e-9d5e-4f1a7c2b9a10';
const HEADERS = { 'content-type': 'application/json; charset=utf-8', 'x-request-id': UUID };
const A_THING = { id: UUID, kind: null, madeBy: 'me', parts: [{ size: 1 }], tags: { any: 'thing' } };

const conformance = new Conformance([{ name: 'made up', document: DOCUMENT, roots: ['/things', '/twin'] }]);

interface Differently extends Partial<Omit<Exchange, 'text'>> {
  body?: unknown;
  text?: string;
}

/** The faults found in `GET /things/t1`, which conforms except for the given differences. */
function faults({ body, ...differently }: Differently = {}): string[] {
  const exchange = {
    method: 'GET',
    url: '/things/t1',
    sent: {},
    payload: undefined,
    status: 200,
    headers: { ...HEADERS, etag: '"1"' },
    text: JSON.stringify(body ?? A_THING),
    ...differently,
  };
  return conformance.faultsOf(exchange).map((fault) => fault.split('\n', 1)[0] ?? '');
}

/** The faults found in `PUT /things/t1`. */
const putFaults = (payload: unknown, differently: Differently = {}): string[] =>
  faults({
    method: 'PUT',
    sent: { 'content-type': 'application/json' },
    payload: JSON.stringify(payload),
    headers: HEADERS,
    body: { id: UUID, kind: 'big' },
    ...differently,
  });

describe('A response', () => {
  it('that conforms to the document has no fault', () => {
    expect(faults()).toEqual([]);
    expect(faults({ url: '/twin/things/t1/?limit=9', sent: { 'x-who': '7' } })).toEqual([]);
    expect(putFaults({ id: UUID, kind: 'big', whatever: true })).toEqual([]);
  });

  it.each<[what: string, differently: Differently, fault: RegExp]>([
    ['a status that is not declared', { status: 418 }, /418: the status is not declared/],
    ['a header that is not declared', { headers: { ...HEADERS, etag: '1', 'x-new': '1' } }, /x-new is not/],
    ['a header of a wrong form', { headers: { ...HEADERS, etag: '1', 'x-request-id': '7' } }, /"uuid"/],
    ['a required header that is missing', { headers: HEADERS }, /header ETag is missing/],
    ['another media type', { headers: { ...HEADERS, etag: '1', 'content-type': 'text/html' } }, /text\/html/],
    ['a body that is not JSON', { text: '{' }, /body is not JSON/],
    ['no body', { text: '' }, /body is not JSON/],
    ['a field that is not declared', { body: { ...A_THING, extra: 1 } }, /unevaluated properties \[extra\]/],
    ['such a field further in', { body: { ...A_THING, parts: [{ colour: 1 }] } }, /\/parts\/0 .* \[colour\]/],
    ['a field of a wrong type', { body: { ...A_THING, parts: [{ size: 'big' }] } }, /size must be integer/],
    [
      'a value of a map of a wrong type',
      { body: { ...A_THING, tags: { a: 1 } } },
      /\/tags\/a must be string/,
    ],
    ['a value that is not of the list', { body: { ...A_THING, kind: 'huge' } }, /allowed values/],
    ['a text of a wrong format', { body: { ...A_THING, id: 'me' } }, /must match format "uuid"/],
    ['a field that is missing', { body: { id: UUID, madeBy: 'me' } }, /required property 'kind'/],
    ['a field of one part that is missing', { body: { id: UUID, kind: null } }, /property 'madeBy'/],
    ['a list for an object', { body: [] }, /must be object/],
  ])('is a fault with %s', (_what, differently, fault) => {
    expect(faults(differently)).toEqual([expect.stringMatching(fault)]);
  });

  it('is matched against each alternative of oneOf as a whole', () => {
    const thing = { id: UUID, kind: 'big' };
    const first = (body: unknown): string[] => faults({ url: '/things/first', headers: HEADERS, body });
    expect(first(thing)).toEqual([]);
    expect(first([thing])).toEqual([]);
    expect(first([{ ...thing, extra: 1 }])).toEqual([expect.stringMatching(/\[extra\]/)]);
  });

  it('is a fault when it has a body and none is declared', () => {
    expect(putFaults({ id: UUID, kind: 'big' }, { status: 204, text: '' })).toEqual([]);
    expect(putFaults({ id: UUID, kind: 'big' }, { status: 204 })).toEqual([
      expect.stringMatching(/none is declared/),
    ]);
  });

  it('must be the API’s error where no operation exists', () => {
    const none: Differently = { url: '/things/t1/none', headers: HEADERS, status: 404 };
    expect(faults({ ...none, body: { code: 'none' } })).toEqual([]);
    expect(faults({ ...none, body: { message: 'none' } })).toEqual([expect.stringMatching(/'code'/)]);
    expect(faults({ ...none, status: 200, body: { code: 'none' } })).toEqual([
      expect.stringMatching(/no such operation/),
    ]);
    const other: Differently = { method: 'DELETE', status: 405, body: { code: 'none' } };
    expect(faults({ ...other, headers: { ...HEADERS, allow: 'GET, PUT' } })).toEqual([]);
    expect(faults({ ...other, headers: HEADERS })).toEqual([expect.stringMatching(/Allow is missing/)]);
  });

  it('is not checked outside the paths of the APIs', () => {
    expect(faults({ url: '/docs', status: 418, text: 'tea' })).toEqual([]);
  });
});

describe('An accepted request', () => {
  const GOOD = { id: UUID, kind: 'big' };

  it.each<[what: string, differently: Differently, fault: RegExp]>([
    ['a path that is not', { url: '/things/first1' }, /path parameter id was accepted/],
    ['a query that is not', { url: '/things/t1?limit=10' }, /query parameter limit was accepted: 10/],
    ['a query that is no number', { url: '/things/t1?limit=ten' }, /"ten": .* must be integer/],
    ['a query that is not declared', { url: '/things/t1?colour=red' }, /colour is not declared/],
    ['a header that is not', { sent: { 'x-who': 'me' } }, /header parameter X-Who was accepted/],
  ])('is a fault with %s', (_what, differently, fault) => {
    expect(faults(differently)).toEqual([expect.stringMatching(fault)]);
  });

  it('is a fault with an invalid body, without a body, or with another media type', () => {
    expect(putFaults({ ...GOOD, id: 7 })).toEqual([expect.stringMatching(/the body was accepted: \/id/)]);
    expect(putFaults(GOOD, { payload: undefined })).toEqual([expect.stringMatching(/no body was sent/)]);
    expect(putFaults(GOOD, { sent: { 'content-type': 'text/plain' } })).toEqual([
      expect.stringMatching(/text\/plain was accepted/),
    ]);
  });

  it('is not checked when it was refused', () => {
    expect(putFaults({ id: 7 }, { status: 401, body: { code: 'none' } })).toEqual([]);
  });
});

describe('The test environment', () => {
  it('fails the test that received a response the documents do not allow, and no other', async () => {
    const settings = { globalConfig: {}, projectConfig: { testEnvironmentOptions: {}, globals: {} } };
    const environment = new ConformanceEnvironment(settings as never, {} as never);
    await environment.setup();
    const errorsAfter = async (name: string): Promise<string[]> => {
      const errors: Error[] = [];
      await environment.handleTestEvent({ name, test: { errors } }, { unhandledErrors: errors });
      return errors.map(({ message }) => message);
    };
    const teapot = { method: 'GET', url: '/products', sent: {}, status: 418, headers: {}, text: '{}' };
    environment.global.observeExchange({ ...teapot, payload: undefined });
    expect(await errorsAfter('test_start')).toEqual([]);
    expect(await errorsAfter('test_done')).toEqual([expect.stringMatching(/GET \/products .* 418: /)]);
    expect(await errorsAfter('test_done')).toEqual([]);
    environment.global.observeExchange({ ...teapot, payload: undefined });
    expect(await errorsAfter('run_finish')).toEqual([expect.stringMatching(/GET \/products .* 418: /)]);
    await environment.teardown();
  });
});
