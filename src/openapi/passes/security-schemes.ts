import type { OpenAPIObject } from '@nestjs/swagger';
import { METHODS } from '../openapi-types.js';

/**
 * Prefixes the security schemes of a document with its API (`adminApiKey`). Swagger UI stores credentials by the name
 * of the scheme for all of its documents: under a shared name it would send the credential of one API to another.
 */
export function nameSecuritySchemes(document: OpenAPIObject, api: string): void {
  const { securitySchemes = {} } = document.components ?? {};
  const nameOf = (name: string): string => `${api}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const rename = <Value>(named: Record<string, Value>): Record<string, Value> =>
    Object.fromEntries(Object.entries(named).map(([name, value]) => [nameOf(name), value]));
  document.components = { ...document.components, securitySchemes: rename(securitySchemes) };
  for (const item of Object.values(document.paths)) {
    for (const operation of METHODS.flatMap((method) => item[method] ?? [])) {
      if (operation.security !== undefined) operation.security = operation.security.map(rename);
    }
  }
}
