import type { OpenAPIObject } from '@nestjs/swagger';
import { WEBHOOK_DATA } from '../../apis/admin/webhooks/webhook-message.dto.js';
import type { SchemaOrReference } from '../openapi-types.js';

const ref = (name: string): { $ref: string } => ({ $ref: `#/components/schemas/${name}` });
const header = (name: string, description: string, schema: object, example: unknown) => ({
  name,
  in: 'header',
  required: true,
  description,
  schema,
  example,
});

/** Headers of Standard Webhooks. */
const HEADERS = [
  header('webhook-id', 'Id of the event; the same for every attempt.', { type: 'string' }, 'evt_1_42'),
  header(
    'webhook-timestamp',
    'Time of the attempt, in seconds since 1970; part of the signed text.',
    { type: 'integer' },
    1_768_469_400,
  ),
  header(
    'webhook-signature',
    'One `v1,<base64>` per valid secret, separated by spaces: HMAC-SHA-256 over `<webhook-id>.<webhook-timestamp>.<body>`.',
    { type: 'string' },
    'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  ),
];

const RESPONSES = {
  '2XX': { description: 'Accepted. The delivery is complete.' },
  default: { description: 'Any other response, or none: the delivery is attempted again.' },
};

/**
 * Documents the messages that webhook endpoints receive, as `webhooks` (OpenAPI 3.1): one per event type, each with the
 * schema of its body, so that a receiver can be generated.
 */
export function documentWebhooks(document: OpenAPIObject): void {
  const schemas = (document.components ??= {}).schemas ?? {};
  const webhooks: Record<string, object> = {};
  for (const [type, data] of Object.entries(WEBHOOK_DATA)) {
    const name = `${pascalCase(type)}Event`;
    schemas[name] = messageOf(type, data.name);
    webhooks[type] = {
      post: {
        operationId: `on${pascalCase(type)}`,
        tags: ['Webhooks'],
        summary: `Receive ${type}`,
        description: 'Sent to every enabled webhook of the platform that has this event type.',
        // The receiver authenticates the message by its signature.
        security: [],
        parameters: HEADERS,
        requestBody: { required: true, content: { 'application/json': { schema: ref(name) } } },
        responses: RESPONSES,
      },
    };
  }
  document.components.schemas = schemas;
  Object.assign(document, { webhooks });
}

function messageOf(type: string, data: string): SchemaOrReference {
  return {
    type: 'object',
    required: ['type', 'timestamp', 'data'],
    properties: {
      type: { type: 'string', description: 'The event type.', enum: [type], example: type },
      timestamp: {
        type: 'string',
        description: 'When it happened (RFC 3339, UTC).',
        format: 'date-time',
        example: '2026-01-15T09:30:00.000Z',
      },
      data: { description: 'What happened, complete.', allOf: [ref(data)] },
    },
  };
}

/** `account.opened` → `AccountOpened` */
function pascalCase(type: string): string {
  return type.replace(/(?:^|\.)(\w)/g, (_match, letter: string) => letter.toUpperCase());
}
