import {
  BANK_APIS,
  callsIn,
  type DocumentedCall,
  type Part,
  readDocument,
  resolve,
} from '../support/api-documents.js';
import type { KeyHeaders } from '../support/factories.js';
import { createWorld, type World } from '../support/world.js';

/** A valid value of a filter, by the beginning of its pattern. */
const OF_PATTERNS: readonly [start: string, value: string][] = [
  ['^plt_', 'plt_1'],
  ['^cus_', 'cus_1_1'],
  ['^acc_', 'acc_1_1'],
  ['^(acc|cus)_', 'cus_1_1'],
  ['^[A-Z]{2}$', 'GB'],
];
const OF_FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-01T00:00:00Z',
  uuid: 'c2f5d7a4-4cb4-4d83-a4b6-1a2b3c4d5e6f',
};

/** Filters with a form that the document describes in words only. */
const OF_NAMES: readonly [form: RegExp, value: string][] = [
  [/Balance$/, '1'],
  [/^maxResults$/, '10'],
  [/DateCreatedAt$/, '2026-01-01T00:00:00Z'],
];

let world: World;
let credentials: Record<(typeof BANK_APIS)[number], KeyHeaders>;

beforeAll(async () => {
  world = await createWorld();
  credentials = await world.make.headersOfEveryApi();
});
afterAll(() => world.close());

// The SQL of a list depends on the given filters. Each one is sent to PostgreSQL once.
describe.each(BANK_APIS)('The lists of the %s API', (api) => {
  const document = readDocument(api);
  const lists = callsIn(document).filter(({ method, path }) => method === 'get' && !path.includes('{'));

  it.each(lists.map((call) => [call.path, call] as const))(
    '%s takes each of its filters alone',
    async (path, call) => {
      const queries = ['', ...filtersOf(document, call)];
      const statuses: string[] = [];
      for (const query of queries) {
        const { status } = await world.send('GET', `${path}?${query}`, { headers: credentials[api] });
        statuses.push(`${query}: ${status}`);
      }
      expect(statuses).toEqual(queries.map((query) => `${query}: 200`));
    },
  );
});

function filtersOf(document: Part, { operation }: DocumentedCall): string[] {
  return (operation.parameters ?? [])
    .map((parameter: Part) => resolve(document, parameter))
    .filter((parameter: Part) => parameter.in === 'query' && !['cursor', 'before'].includes(parameter.name))
    .flatMap(({ name, schema }: Part) =>
      valuesOf(name, resolve(document, schema)).map((value) => `${name}=${encodeURIComponent(value)}`),
    );
}

function valuesOf(name: string, { type, enum: choices, pattern, format, minimum, items }: Part): string[] {
  if (items !== undefined) return valuesOf(name, items);
  if (choices !== undefined) return choices;
  if (type === 'boolean') return ['true', 'false'];
  const ofPattern = OF_PATTERNS.find(([start]) => pattern?.startsWith(start));
  const ofName = OF_NAMES.find(([form]) => form.test(name));
  if (type === 'integer') return [ofName?.[1] ?? String(minimum)];
  return [ofPattern?.[1] ?? ofName?.[1] ?? OF_FORMATS[format] ?? 'GBP'];
}
