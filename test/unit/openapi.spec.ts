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

/**
 * The placeholders of request examples, each with a value that a caller may put in its place. They are the only
 * examples that their schemas reject.
 */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  '<why you do this>': 'documents checked',
  '<the time to begin at>': '2026-01-15T09:30:00Z',
};

const holdsPlaceholder = (example: unknown): boolean =>
  Object.keys(PLACEHOLDERS).some((text) => JSON.stringify(example).includes(JSON.stringify(text)));

/** The example with values in the places of its placeholders. */
function filledIn(example: unknown): unknown {
  return JSON.parse(JSON.stringify(example), (_, value: unknown) =>
    typeof value === 'string' ? (PLACEHOLDERS[value] ?? value) : value,
  );
}

/** Every body of an operation's request and responses, as `what: media`. */
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
        for (const value of examples.map(what.startsWith('request') ? filledIn : (example) => example))
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

  it('names no external host', () => {
    const text = JSON.stringify(document);
    const hosts = [...text.matchAll(/https?:\/\/([\w.-]+)/g)].map(([, host = '']) => host);
    // Names below .example are reserved (RFC 2606): placeholders for the caller's own.
    const isNobodys = (host: string): boolean => host.endsWith('.example');
    expect(hosts.filter((host) => host !== 'www.apache.org' && !isNobodys(host))).toEqual([]);
  });
});

describe('The examples of requests, which prefill the forms of Swagger UI,', () => {
  const requestsOf = (name: ApiName) =>
    callsIn(documents[name]).flatMap(({ method, path, operation }) =>
      Object.values<Part>(operation.requestBody?.content ?? {}).flatMap((media) =>
        examplesIn(documents[name], media).map((example) => ({ name, method, path, media, example })),
      ),
    );
  const all = API_NAMES.flatMap(requestsOf);
  const told = ({ name, method, path, example }: (typeof all)[number]) => ({ name, method, path, example });
  const admin = requestsOf('admin').filter(({ path }) => path.startsWith('/admin'));
  const reasonIn = ({ example }: { example: Part }): unknown => example.reason;

  it('change one field in a PATCH', () => {
    const patches = all.filter(({ method }) => method === 'patch');
    expect(patches.length).toBeGreaterThan(5);
    const fields = patches.map(({ example }) => Object.keys(example).filter((field) => field !== 'reason'));
    expect(fields.filter(({ length }) => length !== 1)).toEqual([]);
  });

  it('have a placeholder for every reason, which their schema rejects', () => {
    const reasoned = admin.filter(({ media }) => JSON.stringify(fieldsOf(media)).includes('"reason"'));
    expect(reasoned.length).toBeGreaterThan(40);
    expect(new Set(reasoned.map(reasonIn))).toEqual(new Set(['<why you do this>']));
    const accepted = all.filter(
      ({ name, media, example }) =>
        holdsPlaceholder(example) && compilers(documents[name]).compile(media.schema)(example),
    );
    expect(accepted.map(told)).toEqual([]);
  });

  it.each([' <WHY you do this> ', '<why>', '<>'])('reject %j as a reason', (reason) => {
    const validate = compilers(documents.admin).compile({ $ref: '#/components/schemas/ReasonRequest' });
    expect(validate({ reason })).toBe(false);
  });

  it.each(['documents checked', 'limit < 5 and > 3', '<b>moved</b> by the customer'])(
    'accept %j as a reason',
    (reason) => {
      const validate = compilers(documents.admin).compile({ $ref: '#/components/schemas/ReasonRequest' });
      expect(validate({ reason })).toBe(true);
    },
  );

  it('of the admin API contain no date, nor do the examples of their fields', () => {
    const schemas = Object.entries<Part>(documents.admin.components.schemas);
    const requests = schemas.filter(([schema]) => schema.endsWith('Request'));
    expect(requests.length).toBeGreaterThan(20);
    const dated = /\d{4}-\d{2}-\d{2}/;
    expect(requests.filter(([, schema]) => dated.test(JSON.stringify(schema)))).toEqual([]);
    expect(admin.filter(({ example }) => dated.test(JSON.stringify(example))).map(told)).toEqual([]);
  });

  it('of the admin API contain only required fields, with these exceptions', () => {
    const more = admin
      .filter(({ method }) => method !== 'patch')
      .filter(({ media, example }) => {
        const required = fieldsOf(media).flatMap((schema) => schema.required ?? []);
        return Object.keys(example).some((field) => !required.includes(field));
      });
    expect(more.map(({ path }) => path)).toEqual([
      // The owner of a credential depends on its kind.
      '/admin/credentials',
      '/admin/credentials',
      // A preview changes nothing.
      '/admin/jurisdictions/{code}/preview',
    ]);
  });

  /** The alternative schemas of a body. */
  function fieldsOf({ schema }: Part): Part[] {
    const { oneOf = [schema] } = resolve(documents.admin, schema);
    return oneOf.map((one: Part) => resolve(documents.admin, one));
  }
});
