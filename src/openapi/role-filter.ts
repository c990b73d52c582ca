import type { OpenAPIObject } from '@nestjs/swagger';
import { METHODS } from './openapi-types.js';

type PathItem = OpenAPIObject['paths'][string];

/**
 * The document without the operations whose scope the caller lacks: a viewer sees no write operation. Operations
 * without a scope, such as a provider's callback, are hidden from every role.
 */
export function visibleTo(document: OpenAPIObject, scopes: ReadonlySet<string>): OpenAPIObject {
  const paths = Object.entries(document.paths).map(([path, item]): [string, PathItem] => {
    const kept = METHODS.filter((method) => {
      const needed = neededScopes(item[method]);
      return needed.length > 0 && needed.every((scope) => scopes.has(scope));
    });
    return [path, Object.fromEntries(kept.map((method) => [method, item[method]]))];
  });
  return { ...document, paths: Object.fromEntries(paths.filter(([, item]) => Object.keys(item).length > 0)) };
}

function neededScopes(operation: PathItem['get']): string[] {
  return operation?.security?.flatMap((requirement) => Object.values(requirement).flat()) ?? [];
}
