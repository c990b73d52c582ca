import type { OpenAPIObject } from '@nestjs/swagger';
import { PLACEHOLDER_KEY } from '../../http/placeholder.js';
import {
  callsOf,
  isReference,
  type MediaType,
  responsesOf,
  type Schema,
  type SchemaOrReference,
  webhooksOf,
} from '../openapi-types.js';

type Schemas = Record<string, SchemaOrReference>;

/** A response is shown with all its fields, a request with as few as may be. */
type Kind = 'response' | 'request' | 'change';

/**
 * Adds an example to every body without one, composed of the examples of its properties. Swagger UI prefills its forms
 * with request examples and Execute sends them. So request examples contain only required fields, those of a PATCH one
 * more, and placeholders, which the server refuses, where the caller must decide.
 */
export function addBodyExamples(document: OpenAPIObject): void {
  const schemas = document.components?.schemas ?? {};
  const missing = new Set<string>();
  const add = (content: Record<string, MediaType> | undefined, kind: Kind): void => {
    for (const media of Object.values(content ?? {}))
      addExample(media, new ExampleComposer(schemas, kind, missing));
  };
  for (const { method, operation } of callsOf(document)) {
    for (const [, { content }] of responsesOf(operation)) add(content, 'response');
    const { requestBody } = operation;
    if (requestBody === undefined || isReference(requestBody)) continue;
    add(requestBody.content, method === 'patch' ? 'change' : 'request');
  }
  // A message to a webhook is shown with all its fields, as a response is.
  for (const { post } of webhooksOf(document)) {
    const { requestBody } = post;
    if (requestBody !== undefined && !isReference(requestBody)) add(requestBody.content, 'response');
  }
  if (missing.size > 0) throw new Error(`no example is declared for ${[...missing].join(', ')}`);
}

function addExample(media: MediaType, composer: ExampleComposer): void {
  const { schema } = media;
  if (schema === undefined || 'example' in media || 'examples' in media) return;
  const variants = isReference(schema) ? undefined : schema.oneOf;
  if (variants === undefined) media.example = composer.compose(schema, 'a body');
  else
    media.examples = Object.fromEntries(
      variants.map((one) => [nameOf(one), { value: composer.compose(one, 'a body') }]),
    );
}

function nameOf(schema: SchemaOrReference): string {
  if (isReference(schema)) return schema.$ref.split('/').at(-1) ?? '';
  return schema.items === undefined ? 'other' : `${nameOf(schema.items)}List`;
}

/** Makes a value of a schema. */
class ExampleComposer {
  /** @param missing collects schemas without an example */
  constructor(
    private readonly schemas: Schemas,
    private readonly kind: Kind,
    private readonly missing: Set<string>,
  ) {}

  /** @param where the property's path, for the error message about a missing example */
  compose(schema: SchemaOrReference, where: string): unknown {
    if (isReference(schema)) return this.named(schema.$ref);
    const placeholder = this.kind === 'response' ? undefined : placeholderOf(schema);
    if (placeholder !== undefined) return placeholder;
    if (schema.example !== undefined) return schema.example;
    if (schema.default !== undefined) return schema.default;
    if (schema.allOf !== undefined) return this.merged(schema.allOf, where);
    const [first] = schema.oneOf ?? [];
    if (first !== undefined) return this.compose(first, where);
    if (schema.items !== undefined) return [this.compose(schema.items, `${where}[]`)];
    if (schema.properties !== undefined) return this.object(schema, where);
    this.missing.add(where);
    return undefined;
  }

  private named($ref: string): unknown {
    const name = $ref.split('/').at(-1) ?? '';
    const schema = this.schemas[name];
    if (schema === undefined) throw new Error(`${$ref} does not exist`);
    return this.compose(schema, name);
  }

  private merged(parts: readonly SchemaOrReference[], where: string): unknown {
    const values = parts.map((part) => this.compose(part, where));
    return values.length === 1 ? values[0] : Object.assign({}, ...values);
  }

  private object(schema: Schema, where: string): object {
    const { properties = {} } = schema;
    const shown = this.kind === 'response' ? shownOfResponse(schema) : shownOfRequest(schema, this.kind);
    return Object.fromEntries(
      Object.entries(properties)
        .filter(([name]) => shown.has(name))
        .map(([name, property]) => [name, this.compose(property, `${where}.${name}`)]),
    );
  }
}

/** What may be absent is shown when it says what it looks like. */
function shownOfResponse({ properties = {}, required = [] }: Schema): Set<string> {
  const optional = Object.entries(properties).filter(
    ([, property]) => isReference(property) || hasExample(property),
  );
  return new Set([...required, ...optional.map(([name]) => name)]);
}

/** A change that needs no field but a reason shows the first of those that it may have. */
function shownOfRequest({ properties = {}, required = [] }: Schema, kind: Kind): Set<string> {
  const names = Object.keys(properties);
  const isFilledIn = (name: string): boolean => placeholderOf(properties[name]) === undefined;
  const saysSomething = required.some(isFilledIn);
  const first = names.find((name) => !required.includes(name));
  return new Set(
    kind === 'change' && !saysSomething && first !== undefined ? [...required, first] : required,
  );
}

function placeholderOf(schema: SchemaOrReference | undefined): string | undefined {
  return schema === undefined ? undefined : (schema as WithPlaceholder)[PLACEHOLDER_KEY];
}

interface WithPlaceholder {
  [PLACEHOLDER_KEY]?: string;
}

function hasExample({ example, default: preset, items, allOf, oneOf }: Schema): boolean {
  return [example, preset, items, allOf, oneOf].some((keyword) => keyword !== undefined);
}
