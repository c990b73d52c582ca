import fc from 'fast-check';
import { type Part, resolve } from '../api-documents';
import type { ClosedSchemas } from '../conformance/closed-schemas';

const LIST_MAX = 4;
const TEXT_MAX = 30;
const FROM = new Date('2000-01-01T00:00:00Z');
const UNTIL = new Date('2099-12-31T00:00:00Z');

/** Characters of text: mostly plain, sometimes from other scripts. */
const CHARACTER = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJ 0123456789') },
  { weight: 1, arbitrary: fc.constantFrom(...'äßçéñøłžДжΩλ漢字かな한글אבעربी') },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }) },
);

/** Values that the schemas of a document allow, generated from the schemas alone. */
export class Values {
  constructor(
    private readonly document: Part,
    private readonly schemas: ClosedSchemas,
  ) {}

  of(given: Part): fc.Arbitrary<unknown> {
    const schema = this.flat(given);
    const validate = this.schemas.open(given);
    // A value generated from one keyword of a schema may violate another, such as a length beside a pattern.
    return this.made(schema).filter((value) => validate(value));
  }

  /** The schema without references, with its `allOf` parts merged. */
  flat(given: Part): Part {
    const { allOf = [], ...schema } = resolve(this.document, given);
    return allOf.reduce((whole: Part, part: Part) => {
      const { properties, required, ...rest } = this.flat(part);
      return {
        ...whole,
        ...rest,
        properties: { ...whole.properties, ...properties },
        required: [...(whole.required ?? []), ...(required ?? [])],
      };
    }, schema);
  }

  private made(schema: Part): fc.Arbitrary<unknown> {
    if (schema.enum !== undefined) return fc.constantFrom(...(schema.enum as unknown[]));
    const choices: Part[] | undefined = schema.oneOf ?? schema.anyOf;
    if (choices !== undefined) {
      const rest = { ...schema, oneOf: undefined, anyOf: undefined };
      return fc.oneof(...choices.map((choice) => this.made({ ...rest, ...this.flat(choice) })));
    }
    const types: string[] = [schema.type].flat();
    const one = types.filter((type) => type !== 'null').map((type) => this.ofType(type, schema));
    const nulls = types.includes('null') ? [{ weight: 1, arbitrary: fc.constant(null) }] : [];
    return fc.oneof(...one.map((arbitrary) => ({ weight: 4, arbitrary })), ...nulls);
  }

  private ofType(type: string, schema: Part): fc.Arbitrary<unknown> {
    const makers: Record<string, () => fc.Arbitrary<unknown>> = {
      string: () => text(schema),
      integer: () => integer(schema),
      number: () => number(schema),
      boolean: () => fc.boolean(),
      array: () => this.list(schema),
      object: () => this.object(schema),
    };
    const make = makers[type];
    if (make === undefined) throw new Error(`nothing is known of the type ${type}`);
    return make();
  }

  private list({ items, minItems = 0, maxItems = LIST_MAX, uniqueItems }: Part): fc.Arbitrary<unknown> {
    const lengths = { minLength: minItems, maxLength: Math.max(minItems, Math.min(maxItems, LIST_MAX)) };
    const item = this.of(items);
    if (uniqueItems !== true) return fc.array(item, lengths);
    return fc.uniqueArray(item, { ...lengths, selector: (value) => JSON.stringify(value) });
  }

  private object({
    properties = {},
    required = [],
    additionalProperties,
    maxProperties = LIST_MAX,
    propertyNames = { type: 'string', pattern: '^[a-z]{1,9}$' },
  }: Part): fc.Arbitrary<unknown> {
    const named = Object.fromEntries(
      Object.entries<Part>(properties).map(([name, schema]) => [name, this.of(schema)]),
    );
    const fields = fc.record(named, { requiredKeys: required, noNullPrototype: true });
    if (typeof additionalProperties !== 'object') return fields;
    const name = this.of({ type: 'string', ...propertyNames }) as fc.Arbitrary<string>;
    const free = fc.dictionary(name, this.of(additionalProperties), {
      maxKeys: Math.min(maxProperties, LIST_MAX),
      noNullPrototype: true,
    });
    return fc.tuple(free, fields).map(([more, known]) => ({ ...more, ...known }));
  }
}

/** A text with a length within the bounds; sometimes equal to a bound. */
function text({ format, pattern, minLength = 0, maxLength }: Part): fc.Arbitrary<string> {
  const ofFormat = FORMATS[format as string];
  if (ofFormat !== undefined) return ofFormat;
  // A pattern that begins with a negated class excludes few characters: most generated text matches it.
  if (pattern !== undefined && !String(pattern).startsWith('^[^'))
    return fc.stringMatching(new RegExp(pattern, 'u'));
  const most = Math.max(minLength, Math.min(maxLength ?? TEXT_MAX, TEXT_MAX));
  const ofLength = (min: number, max: number): fc.Arbitrary<string> =>
    fc.array(CHARACTER, { minLength: min, maxLength: max }).map((characters) => characters.join(''));
  return fc.oneof(
    { weight: 8, arbitrary: ofLength(minLength, most) },
    { weight: 1, arbitrary: ofLength(minLength, minLength) },
    { weight: 1, arbitrary: ofLength(maxLength ?? most, maxLength ?? most) },
  );
}

const MOMENT = fc.date({ min: FROM, max: UNTIL, noInvalidDate: true }).map((date) => date.toISOString());

const FORMATS: Record<string, fc.Arbitrary<string>> = {
  uuid: fc.uuid(),
  'date-time': fc.oneof(
    MOMENT,
    MOMENT.map((moment) => moment.replace(/\.\d+Z$/, '+02:00')),
  ),
  date: MOMENT.map((moment) => moment.slice(0, 10)),
  'idn-email': fc.stringMatching(/^[a-z0-9]{1,12}(\.[a-z0-9]{1,9})?@[a-z]{2,9}\.example$/),
};

function integer(schema: Part): fc.Arbitrary<number> {
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = schema;
  const near = Math.min(maximum, Number(minimum) + 100);
  return fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: minimum, max: near }) },
    { weight: 1, arbitrary: fc.constantFrom(minimum, maximum) },
  );
}

/** A number with at most two decimals. */
function number({
  minimum,
  maximum,
  exclusiveMinimum = -1,
  exclusiveMaximum = 1e6,
}: Part): fc.Arbitrary<number> {
  const min = Math.ceil((minimum ?? exclusiveMinimum) * 100) + 1;
  const max = Math.floor(Math.min(maximum ?? exclusiveMaximum, 1e6) * 100) - 1;
  return fc.integer({ min, max }).map((cents) => cents / 100);
}
