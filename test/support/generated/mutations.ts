import type { Part } from '../api-documents';
import type { Values } from './values';

/** A valid value with one change. The schema decides whether that makes it invalid. */
export interface Mutation {
  /** Readable description: `amount: text for a number`. */
  what: string;
  value: unknown;
}

/** Values of every JSON type. */
const OF_TYPES: [name: string, value: unknown][] = [
  ['null', null],
  ['text', 'no-such-value'],
  ['a number', 7.5],
  ['an integer', 7],
  ['yes', true],
  ['a list', ['a']],
  ['an empty list', []],
  ['an object', { a: 1 }],
];
const TEXTS = [
  '',
  ' ',
  '!',
  'a b',
  'é',
  '😀',
  'a\u0000b',
  'a\nb',
  '\u202eabc',
  'nonsense',
  '-1',
  '2026-13-45',
  '<why you do this>',
];

/** Every single change that could make this value invalid under the schema. */
export function mutationsOf(values: Values, given: Part, value: unknown): Mutation[] {
  const schema = values.flat(given);
  const types = OF_TYPES.map(([name, other]) => ({ what: `${name} in its place`, value: other }));
  const inside = isObject(value)
    ? fields(values, schema, value)
    : Array.isArray(value)
      ? items(values, schema, value)
      : scalars(schema);
  return [...types, ...inside];
}

function fields(values: Values, schema: Part, value: Record<string, unknown>): Mutation[] {
  const dropped = (schema.required ?? []).map((name: string) => {
    const rest = Object.entries(value).filter(([other]) => other !== name);
    return { what: `${name} left out`, value: Object.fromEntries(rest) };
  });
  const changed = Object.entries<Part>(schema.properties ?? {}).flatMap(([name, of]) =>
    mutationsOf(values, of, value[name]).map((mutation) => ({
      what: `${name}: ${mutation.what}`,
      value: { ...value, [name]: mutation.value },
    })),
  );
  const more = { what: 'a field that nobody knows', value: { ...value, nobodyKnows: 'a' } };
  return [...dropped, ...changed, more, ...freeFields(values, schema, value)];
}

/** For an object with free keys: an invalid value, an invalid key, too many keys. */
function freeFields(values: Values, schema: Part, value: Record<string, unknown>): Mutation[] {
  if (typeof schema.additionalProperties !== 'object') return [];
  const wrong = mutationsOf(values, schema.additionalProperties, 'a').map((mutation) => ({
    what: `a free field: ${mutation.what}`,
    value: { ...value, free: mutation.value },
  }));
  const names = ['', 'a b', 'a'.repeat(300)].map((name) => ({
    what: `a free field named ${name.slice(0, 9)}`,
    value: { ...value, [name]: 'a' },
  }));
  const many = Array.from({ length: Number(schema.maxProperties ?? 0) + 1 }, (_, at) => [`f${at}`, 'a']);
  return [...wrong, ...names, { what: 'too many free fields', value: Object.fromEntries(many) }];
}

function items(values: Values, schema: Part, value: unknown[]): Mutation[] {
  const [first] = value;
  const wrong = mutationsOf(values, schema.items, first).map((mutation) => ({
    what: `item: ${mutation.what}`,
    value: [mutation.value, ...value.slice(1)],
  }));
  const tooMany = Array.from({ length: Number(schema.maxItems ?? 0) + 1 }, () => first);
  return [
    ...wrong,
    { what: 'no item', value: [] },
    { what: 'an item twice', value: [first, first] },
    ...(first === undefined ? [] : [{ what: 'too many items', value: tooMany }]),
  ];
}

function scalars(schema: Part): Mutation[] {
  const { minLength = 0, maxLength, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const lengths = [minLength - 1, Number(maxLength) + 1].filter((length) => length >= 0);
  const limits: number[] = [exclusiveMinimum, exclusiveMaximum, Number(minimum) - 1, Number(maximum) + 1];
  return [
    ...TEXTS.map((text) => ({ what: `the text ${JSON.stringify(text)}`, value: text })),
    ...lengths.map((length) => ({ what: `a text of ${length}`, value: 'a'.repeat(length) })),
    ...limits.filter((limit) => Number.isFinite(limit)).map((limit) => ({ what: `${limit}`, value: limit })),
  ];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
