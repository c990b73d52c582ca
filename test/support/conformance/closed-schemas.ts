// Jest loads this for its test environment with plain Node resolution, which does not map `.js` to `.ts`.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Part } from '../api-documents';

/** `whole`: no field beyond the named ones. `part`: one of several that together name them (`allOf`). */
type Role = 'whole' | 'part';

/**
 * Compiles the schemas of one document, each on first use.
 *
 * A response must have no field that the document does not name, but a document states that only where it closes an
 * object. So for responses every object is closed unless it states itself what else it may have.
 */
export class ClosedSchemas {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly compiled = new Map<object, Partial<Record<'open' | 'closed', ValidateFunction>>>();

  constructor(document: Part) {
    addFormats.default(this.ajv);
    // The format is checked by the pattern of the same schema.
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

  /** The schema for responses. */
  closed(schema: object): ValidateFunction {
    const known = this.remembered(schema);
    return (known.closed ??= this.ajv.compile(closed(schema, 'whole')));
  }

  /** The schema for requests, which may have additional fields. */
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

/** Keywords with a schema for a different value than the object itself. */
const OF_A_VALUE = ['items', 'additionalProperties', 'contains', 'propertyNames'] as const;
const CHOICES = ['oneOf', 'anyOf'] as const;

function closed(schema: Part, role: Role): Part {
  if (typeof schema !== 'object' || schema === null) return schema;
  const isComposed =
    schema.allOf !== undefined || (schema.$ref !== undefined && schema.properties !== undefined);
  // Properties named by several parts together are closed on the schema that combines them.
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
