import fc from 'fast-check';
import type { DocumentedCall, Part } from '../api-documents';
import type { ClosedSchemas } from '../conformance/closed-schemas';
import { asGiven } from '../conformance/values';
import { mutationsOf } from './mutations';
import { Values } from './values';

/** A request of one operation, before it is sent. */
export interface Made {
  parameters: { in: 'path' | 'query' | 'header'; name: string; value: unknown }[];
  /** `undefined`: no body. */
  body: unknown;
  /** A random number that selects later choices: one of the credentials, one of the mutations. */
  pick: number;
}

/** A request with one fault. */
export interface Spoilt extends Made {
  what: string;
  /** Sent unchanged, instead of `body`. */
  raw?: string;
  mediaType?: string;
  credentials?: 'none' | 'wrong';
}

const BAD_TEXTS = [
  'nonsense!',
  '-1',
  '0',
  '1.5',
  '99999999999999999999',
  'a b',
  'a'.repeat(300),
  'null',
  '{}',
];
/** The weight of including an optional parameter. */
const PRESENT = { weight: 1 };

/** Generates requests of one operation from its document. */
export class Requests {
  readonly parameters: Part[];
  /** `undefined`: the operation has no request body. */
  readonly bodySchema: Part;
  readonly mediaType: string | undefined;
  private readonly values: Values;

  constructor(
    document: Part,
    { operation }: DocumentedCall,
    private readonly schemas: ClosedSchemas,
  ) {
    this.values = new Values(document, schemas);
    this.parameters = operation.parameters;
    const [[type, media] = []] = Object.entries<Part>(operation.requestBody?.content ?? {});
    this.mediaType = type;
    this.bodySchema = media?.schema;
  }

  valid(): fc.Arbitrary<Made> {
    const parameters = this.parameters.map(({ in: place, name, required, schema }) => {
      const present = this.values.of(schema).map((value) => [{ in: place, name, value }]);
      const absent = { weight: 3, arbitrary: fc.constant([]) };
      return required === true ? present : fc.oneof({ ...PRESENT, arbitrary: present }, absent);
    });
    const body = this.bodySchema === undefined ? fc.constant(undefined) : this.values.of(this.bodySchema);
    return fc
      .tuple(fc.tuple(...parameters), body, fc.nat())
      .map(([some, made, pick]) => ({ parameters: some.flat(), body: made, pick }));
  }

  isValid({ parameters, body }: Made): boolean {
    const all = parameters.every(({ in: place, name, value }) => {
      const parameter = this.parameters.find((one) => one.name === name && one.in === place);
      return parameter !== undefined && this.schemas.open(parameter.schema)(value);
    });
    return all && (this.bodySchema === undefined || this.schemas.open(this.bodySchema)(body));
  }

  /** The request with one of all possible faults, each equally likely. */
  spoil(made: Made): Spoilt {
    const all = [...this.spoiltCredentials(made), ...this.spoiltParameters(made), ...this.spoiltBodies(made)];
    return all[made.pick % all.length] as Spoilt;
  }

  private spoiltCredentials(made: Made): Spoilt[] {
    return (['none', 'wrong'] as const).map((credentials) => ({
      ...made,
      credentials,
      what: `credentials: ${credentials}`,
    }));
  }

  private spoiltParameters(made: Made): Spoilt[] {
    return this.parameters.flatMap(({ in: place, name, required, schema }) => {
      const others = made.parameters.filter((one) => one.name !== name || one.in !== place);
      const validate = this.schemas.open(schema);
      const isList = [schema.type].flat().includes('array');
      const isBad = (text: string): boolean =>
        !validate(isList ? [asGiven(schema.items ?? {}, text)] : asGiven(schema, text));
      const bad = BAD_TEXTS.filter(isBad).map((value) => ({
        ...made,
        parameters: [...others, { in: place, name, value }],
        what: `${place} ${name}: ${value.slice(0, 20)}`,
      }));
      const mayGo = required === true && place !== 'path';
      return mayGo ? [...bad, { ...made, parameters: others, what: `${place} ${name} left out` }] : bad;
    });
  }

  private spoiltBodies(made: Made): Spoilt[] {
    if (this.bodySchema === undefined) return [];
    const validate = this.schemas.open(this.bodySchema);
    if (this.mediaType === 'application/x-www-form-urlencoded') return this.spoiltForms(made);
    // A body without lines is valid NDJSON.
    const nothing = this.mediaType === 'application/json' ? [''] : [];
    const raw = [...nothing, '{"a":', '[]', 'null', '"text"', '7', '{"a":1,}'].map((text) => ({
      ...made,
      raw: text,
      what: `body: ${text === '' ? 'nothing' : text}`,
    }));
    const changed = mutationsOf(this.values, this.bodySchema, made.body)
      .filter(({ value }) => !validate(asJson(value)))
      .map(({ what, value }) => ({ ...made, what: `body: ${what}`, body: value }));
    return [...raw, { ...made, mediaType: 'text/plain', what: 'another media type' }, ...changed];
  }

  /** A form has text values only; its fields can be missing, empty or not in the list of allowed values. */
  private spoiltForms(made: Made): Spoilt[] {
    const validate = this.schemas.open(this.bodySchema);
    const changed = mutationsOf(this.values, this.bodySchema, made.body)
      .filter(({ value }) => isForm(value) && !validate(value))
      .map(({ what, value }) => ({ ...made, what: `form: ${what}`, body: value }));
    return [...changed, { ...made, mediaType: 'text/plain', what: 'another media type' }];
  }
}

/** The value as the server parses it. */
function asJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function isForm(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === 'string')
  );
}
