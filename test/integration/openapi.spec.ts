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
