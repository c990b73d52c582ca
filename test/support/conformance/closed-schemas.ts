// Jest loads this for its test environment with plain Node resolution, which knows no `.js` beside a `.ts`.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Part } from '../api-documents';

/** `whole`: no field beyond those named. `part`: one of several that together name them (`allOf`). */
type Role = 'whole' | 'part';

/**
 * Compiles the schemas of one document on demand.
 *
 * A response must not contain undocumented properties, but a document only says so where it closes an object. So for
 * responses every object is closed unless it says itself which further properties it may have.
 */
export class ClosedSchemas {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly compiled = new Map<object, Partial<Record<'open' | 'closed', ValidateFunction>>>();

  constructor(document: Part) {
    addFormats.default(this.ajv);
    // The pattern beside it does the checking.
    this.ajv.addFormat('idn-email', true);
    const schemas: Record<string, Part> = document.components?.schemas ?? {};
    const inEach = (change: (schema: Part) => Part): Part =>
      Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, change(schema)]));
    this.ajv.addSchema({
      $id: 'document',
      open: inEach(opened),
      whole: inEach((schema) => closed(schema, 'whole')),
      part: inEach((schema) => closed(schema, 'part')),
    });
  }

  /** For what the server sends. */
  closed(schema: object): ValidateFunction {
    const known = this.remembered(schema);
    return (known.closed ??= this.ajv.compile(closed(schema, 'whole')));
  }

  /** For requests: undocumented properties are allowed. */
  open(schema: object): ValidateFunction {
    const known = this.remembered(schema);
    return (known.open ??= this.ajv.compile(opened(schema)));
  }

  private remembered(schema: object): Partial<Record<'open' | 'closed', ValidateFunction>> {
    const known = this.compiled.get(schema) ?? {};
    this.compiled.set(schema, known);
    return known;
  }
}

const named = (reference: string, where: string): string =>
  reference.replace('#/components/schemas/', `document#/${where}/`);

function opened(schema: Part): Part {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"document#/open/'));
}

/** Keywords whose value is one schema, a list of schemas, or schemas by name. */
const OF_A_VALUE = ['items', 'additionalProperties', 'contains', 'propertyNames'] as const;
const CHOICES = ['oneOf', 'anyOf'] as const;

function closed(schema: Part, role: Role): Part {
  if (typeof schema !== 'object' || schema === null) return schema;
  const isComposed =
    schema.allOf !== undefined || (schema.$ref !== undefined && schema.properties !== undefined);
  // What its own properties, or several parts, name together is closed where they come together.
  const choiceRole: Role = isComposed || schema.properties !== undefined ? 'part' : role;
  const copy = { ...schema };
  if (schema.$ref !== undefined) copy.$ref = named(schema.$ref, isComposed ? 'part' : role);
  if (schema.properties !== undefined)
    copy.properties = mapped(schema.properties, (inner) => closed(inner, 'whole'));
  for (const keyword of OF_A_VALUE) if (keyword in schema) copy[keyword] = closed(schema[keyword], 'whole');
  if (schema.allOf !== undefined) copy.allOf = schema.allOf.map((inner: Part) => closed(inner, 'part'));
  for (const keyword of CHOICES)
    if (keyword in schema) copy[keyword] = schema[keyword].map((inner: Part) => closed(inner, choiceRole));
  const namesFields = isComposed || schema.properties !== undefined;
  if (role === 'whole' && namesFields && !saysWhatElse(schema)) copy.unevaluatedProperties = false;
  return copy;
}

function saysWhatElse(schema: Part): boolean {
  return ['additionalProperties', 'unevaluatedProperties', 'patternProperties'].some(
    (word) => word in schema,
  );
}

function mapped(schemas: Record<string, Part>, change: (schema: Part) => Part): Record<string, Part> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, change(schema)]));
}
