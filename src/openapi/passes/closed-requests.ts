import type { OpenAPIObject } from '@nestjs/swagger';
import { ADMIN_PATH } from '../../apis/admin/errors.js';
import { callsOf, isReference, type SchemaOrReference } from '../openapi-types.js';

/**
 * Declares that the admin API's bodies accept no other fields. Bodies that another system defines, such as those of KYC
 * providers, stay open.
 */
export function closeRequests(document: OpenAPIObject): void {
  const closed = new Set<string>();
  for (const { path, operation } of callsOf(document)) {
    const { requestBody } = operation;
    if (!path.startsWith(ADMIN_PATH) || requestBody === undefined || isReference(requestBody)) continue;
    for (const { schema } of Object.values(requestBody.content)) if (schema !== undefined) close(schema);
  }

  function close(schema: SchemaOrReference): void {
    if (isReference(schema)) {
      const name = schema.$ref.split('/').at(-1) ?? '';
      const named = document.components?.schemas?.[name];
      if (named === undefined || closed.has(name)) return;
      closed.add(name);
      close(named);
      return;
    }
    if (schema.properties !== undefined) schema.additionalProperties = false;
    const items = schema.items === undefined ? [] : [schema.items];
    const choices = [...(schema.allOf ?? []), ...(schema.oneOf ?? [])];
    const parts = [...Object.values(schema.properties ?? {}), ...choices, ...items];
    for (const part of parts) close(part);
  }
}
