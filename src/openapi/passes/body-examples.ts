import type { OpenAPIObject } from '@nestjs/swagger';
import {
  callsOf,
  isReference,
  type MediaType,
  responsesOf,
  type Schema,
  type SchemaOrReference,
} from '../openapi-types.js';

type Schemas = Record<string, SchemaOrReference>;

/** Gives every body that has none an example, put together from the examples of its properties. */
export function addBodyExamples(document: OpenAPIObject): void {
  const composer = new ExampleComposer(document.components?.schemas ?? {});
  for (const { operation } of callsOf(document)) {
    const bodies = responsesOf(operation).map(([, { content }]) => content);
    const { requestBody } = operation;
    if (requestBody !== undefined && !isReference(requestBody)) bodies.push(requestBody.content);
    for (const media of bodies.flatMap((content) => Object.values(content ?? {})))
      addExample(media, composer);
  }
  composer.assertComplete();
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
  private readonly missing = new Set<string>();

  constructor(private readonly schemas: Schemas) {}

  /** @param where for whoever forgot an example */
  compose(schema: SchemaOrReference, where: string): unknown {
    if (isReference(schema)) return this.named(schema.$ref);
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

  assertComplete(): void {
    if (this.missing.size === 0) return;
    throw new Error(`no example is declared for ${[...this.missing].join(', ')}`);
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

  /** What may be absent is shown when it says what it looks like. */
  private object({ properties = {}, required = [] }: Schema, where: string): object {
    const shown = Object.entries(properties).filter(
      ([name, property]) => required.includes(name) || isReference(property) || hasExample(property),
    );
    return Object.fromEntries(
      shown.map(([name, property]) => [name, this.compose(property, `${where}.${name}`)]),
    );
  }
}

function hasExample({ example, default: preset, items, allOf, oneOf }: Schema): boolean {
  return [example, preset, items, allOf, oneOf].some((keyword) => keyword !== undefined);
}
