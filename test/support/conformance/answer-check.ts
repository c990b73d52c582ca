import type { ValidateFunction } from 'ajv/dist/2020.js';
import { type Part, resolve } from '../api-documents';
import type { ClosedSchemas } from './closed-schemas';
import type { Exchange } from './exchange';
import { asGiven, told } from './values';

/** Headers of the transport, or of every response of the server; operations need not declare them. */
const OF_EVERY_ANSWER = new Set([
  ...['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding'],
  // Set by helmet.
  ...['content-security-policy', 'cross-origin-opener-policy', 'cross-origin-resource-policy'],
  ...['origin-agent-cluster', 'referrer-policy', 'x-content-type-options', 'x-dns-prefetch-control'],
  ...['x-download-options', 'x-frame-options', 'x-permitted-cross-domain-policies', 'x-xss-protection'],
]);

/** JSON, one object per line: the schema describes each line. */
export const NDJSON = 'application/x-ndjson';
const FAULTS_OF_LINES_SHOWN = 5;

/** The faults of a response, checked against the document's response for its status. */
export function answerFaults(
  document: Part,
  schemas: ClosedSchemas,
  response: Part,
  exchange: Exchange,
): string[] {
  return [
    ...headerFaults(document, schemas, response.headers ?? {}, exchange),
    ...bodyFaults(schemas, response.content ?? {}, exchange),
  ];
}

function headerFaults(
  document: Part,
  schemas: ClosedSchemas,
  declared: Record<string, Part>,
  { headers }: Exchange,
): string[] {
  const faults: string[] = [];
  const names = new Set<string>();
  for (const [name, given] of Object.entries(declared)) {
    const { schema, required } = resolve(document, given);
    const text = headers[name.toLowerCase()];
    names.add(name.toLowerCase());
    if (text === undefined && required === true) faults.push(`header ${name} is missing`);
    if (text === undefined || schema === undefined) continue;
    const validate = schemas.open(schema);
    if (!validate(asGiven(schema, text))) faults.push(`header ${name}: ${text}: ${told(validate)}`);
  }
  for (const name of Object.keys(headers))
    if (!names.has(name) && !OF_EVERY_ANSWER.has(name)) faults.push(`header ${name} is not declared`);
  return faults;
}

function bodyFaults(
  schemas: ClosedSchemas,
  content: Record<string, Part>,
  { method, headers, text }: Exchange,
): string[] {
  // The response to a HEAD has no body, and an unrecorded body cannot be checked.
  if (method === 'HEAD' || text === undefined) return [];
  const types = Object.keys(content);
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (types.length === 0) return text === '' ? [] : ['there is a body, and none is declared'];
  const media = content[type];
  if (media === undefined) return [`media type ${type || '(none)'} is not declared: ${types.join(', ')}`];
  if (media.schema === undefined) return [];
  const validate = schemas.closed(media.schema);
  if (type === NDJSON) return lineFaults(validate, text);
  return valueFaults(validate, /[/+]json$/.test(type), text);
}

/** Each line must match the schema and end with a line break. */
function lineFaults(validate: ValidateFunction, text: string): string[] {
  const lines = text.split('\n');
  const unended = lines.pop();
  return [
    ...(unended === '' ? [] : ['the last line has no end']),
    ...lines.flatMap((line) => valueFaults(validate, true, line)).slice(0, FAULTS_OF_LINES_SHOWN),
  ];
}

function valueFaults(validate: ValidateFunction, isJson: boolean, text: string): string[] {
  let value: unknown = text;
  if (isJson) {
    try {
      value = JSON.parse(text);
    } catch {
      return ['body is not JSON'];
    }
  }
  return validate(value) ? [] : [`body: ${told(validate)}`];
}
