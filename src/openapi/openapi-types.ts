import type { OpenAPIObject } from '@nestjs/swagger';

type Components = NonNullable<OpenAPIObject['components']>;
type Resolved<T> = Exclude<NonNullable<T>, Reference>;
type PathItem = OpenAPIObject['paths'][string];

export interface Reference {
  $ref: string;
}

export type Operation = NonNullable<PathItem['get']>;
export type Schema = Resolved<NonNullable<Components['schemas']>[string]>;
export type SchemaOrReference = Schema | Reference;
export type Response = Resolved<NonNullable<Components['responses']>[string]>;
export type MediaType = NonNullable<Response['content']>[string];
export type HeaderObjects = NonNullable<Components['headers']>;

export const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
export type Method = (typeof METHODS)[number];

export interface DocumentedOperation {
  path: string;
  method: Method;
  operation: Operation;
}

/** Every operation of a document, in its order. */
export function callsOf(document: OpenAPIObject): DocumentedOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [{ path, method, operation }];
    }),
  );
}

/** The messages to webhooks (OpenAPI 3.1), which the type of the document does not know yet. */
export function webhooksOf(document: OpenAPIObject): { post: Operation }[] {
  const { webhooks = {} } = document as { webhooks?: Record<string, { post: Operation }> };
  return Object.values(webhooks);
}

/** The responses that an operation describes itself, by status. */
export function responsesOf(operation: Operation): [status: string, response: Response][] {
  return Object.entries(operation.responses).filter(
    (entry): entry is [string, Response] => entry[1] !== undefined && !isReference(entry[1]),
  );
}

export function isReference(value: object): value is Reference {
  return '$ref' in value;
}
