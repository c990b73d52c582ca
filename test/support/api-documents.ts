import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/* eslint-disable @typescript-eslint/no-explicit-any -- a document is data */
export type Part = any;

/** The APIs of every bank; a sandbox has one more. */
export const BANK_APIS = ['owner', 'workspace', 'platform', 'admin'] as const;
export const API_NAMES = [...BANK_APIS, 'sandbox'] as const;
export type ApiName = (typeof API_NAMES)[number];

export interface DocumentedCall {
  method: string;
  path: string;
  operation: Part;
}

/** The committed document of an API. */
export function readDocument(name: ApiName): Part {
  return JSON.parse(readFileSync(join('docs/openapi', `${name}.json`), 'utf8'));
}

/** Resolves a `$ref`; returns anything else unchanged. */
export function resolve(document: Part, part: Part): Part {
  if (part?.$ref === undefined) return part;
  const [, ...names] = String(part.$ref).split('/');
  const found = names.reduce((within: Part, name) => within?.[name], document);
  if (found === undefined) throw new Error(`${part.$ref} stands for nothing`);
  return resolve(document, found);
}

export function callsIn(document: Part): DocumentedCall[] {
  return Object.entries<Part>(document.paths).flatMap(([path, item]) =>
    Object.entries<Part>(item)
      .filter(([method]) => ['get', 'post', 'patch', 'put', 'delete'].includes(method))
      .map(([method, operation]) => ({ method, path, operation })),
  );
}

/** The responses of an operation, by status. */
export function responsesIn(document: Part, operation: Part): [status: string, response: Part][] {
  return Object.entries<Part>(operation.responses).map(([status, response]) => [
    status,
    resolve(document, response),
  ]);
}

/** The examples of a body, from `example` or `examples`. */
export function examplesIn(document: Part, media: Part): Part[] {
  const several = Object.values<Part>(media.examples ?? {}).map(
    (example) => resolve(document, example).value,
  );
  return 'example' in media ? [media.example, ...several] : several;
}

/** Compiles schemas of one document; shared schemas are compiled once. */
export class SchemaCompiler {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(document: Part) {
    addFormats.default(this.ajv);
    // The format is checked by the pattern of the same schema.
    this.ajv.addFormat('idn-email', true);
    this.ajv.addSchema({ $id: 'document', components: { schemas: document.components.schemas } });
  }

  compile(schema: Part): ValidateFunction {
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/');
    const known = this.compiled.get(text);
    if (known !== undefined) return known;
    const made = this.ajv.compile(JSON.parse(text));
    this.compiled.set(text, made);
    return made;
  }
}
