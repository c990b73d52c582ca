import { METHODS } from '../../../src/openapi/openapi-types.js';

/** The parts of a document, current or released, that a client relies on. */
export interface Contract {
  servers?: { url: string }[];
  paths: Record<string, Partial<Record<string, OperationContract>>>;
  components?: Record<string, Record<string, SchemaReference>>;
}

export interface SecuritySchemeContract extends SchemaReference {
  type?: string;
  in?: string;
  name?: string;
  scheme?: string;
}

export interface SchemaReference {
  $ref?: string;
}

export interface OperationContract {
  operationId?: string;
  security?: Record<string, string[]>[];
  parameters?: ParameterContract[];
  requestBody?: BodyContract & { required?: boolean };
  responses: Record<string, ResponseContract>;
}

export interface ParameterContract extends SchemaReference {
  name?: string;
  in?: string;
  required?: boolean;
  schema?: SchemaContract;
}

export interface BodyContract extends SchemaReference {
  content?: Record<string, { schema?: SchemaContract }>;
}

export interface ResponseContract extends BodyContract {
  headers?: Record<string, ParameterContract>;
}

export interface SchemaContract extends SchemaReference {
  allOf?: SchemaContract[];
  oneOf?: SchemaContract[];
  anyOf?: SchemaContract[];
  properties?: Record<string, SchemaContract>;
  required?: string[];
  items?: SchemaContract;
  additionalProperties?: boolean | SchemaContract;
  [keyword: string]: unknown;
}

/** Descriptive texts, which may change at any time. */
const WORDS = new Set(['description', 'summary', 'title', 'example', 'examples', 'tags', 'info', 'license']);
/** Objects whose keys are names: a field may be called `description`. */
const MAPS = new Set(['properties', 'schemas', 'responses', 'parameters', 'headers', 'content', 'paths']);

/** A document without its descriptive texts. */
export function contractOf(document: object): Contract {
  return withoutWords(document, false) as Contract;
}

function withoutWords(part: unknown, isMap: boolean): unknown {
  if (Array.isArray(part)) return part.map((item) => withoutWords(item, false));
  if (typeof part !== 'object' || part === null) return part;
  const kept = Object.entries(part).filter(([key]) => isMap || !WORDS.has(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutWords(value, !isMap && MAPS.has(key))]));
}

/** Resolves a `$ref`; any other value is returned unchanged. */
export function resolve<T extends SchemaReference>({ components }: Contract, part: T): T {
  if (part.$ref === undefined) return part;
  const [, , kind = '', name = ''] = part.$ref.split('/');
  const found = components?.[kind]?.[name];
  if (found === undefined) throw new Error(`${part.$ref} stands for nothing`);
  return found as T;
}

/** Every operation, by `METHOD /path`. */
export function operationsOf({ paths }: Contract): Map<string, OperationContract> {
  const operations = new Map<string, OperationContract>();
  for (const [path, item] of Object.entries(paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation !== undefined) operations.set(`${method.toUpperCase()} ${path}`, operation);
    }
  }
  return operations;
}
