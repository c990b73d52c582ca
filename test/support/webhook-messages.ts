import type { DataSource } from 'typeorm';
import { toBody } from '../../src/webhooks/webhook-messenger.service.js';
import { type Part, readDocument } from './api-documents.js';
import { ClosedSchemas } from './conformance/closed-schemas.js';

interface EventRow {
  type: string;
  occurredAt: Date;
  data: object;
}

/** The messages of all events of a database, checked against `webhooks` of the admin document. */
export async function checkedMessages(
  dataSource: DataSource,
): Promise<{ types: Set<string>; faults: string[] }> {
  const document = readDocument('admin');
  const schemas = new ClosedSchemas(document);
  const rows = await dataSource.query<EventRow[]>(
    'SELECT type, occurred_at AS "occurredAt", data FROM events ORDER BY id',
  );
  const faults = rows.flatMap(({ type, occurredAt, data }) => {
    const webhook: Part = document.webhooks[type];
    if (webhook === undefined) return [`${type} is not documented`];
    const validate = schemas.closed(webhook.post.requestBody.content['application/json'].schema);
    if (validate(JSON.parse(toBody(type, occurredAt, data)))) return [];
    return [`${type}: ${JSON.stringify(validate.errors)}: ${JSON.stringify(data)}`];
  });
  return { types: new Set(rows.map(({ type }) => type)), faults };
}
