import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { Part } from '../api-documents';
import { NDJSON } from './answer-check';
import type { ClosedSchemas } from './closed-schemas';
import type { Exchange } from './exchange';
import type { Met } from './routes';
import { asGiven, told } from './values';

/** The faults of a request according to the document; an accepted request must have none. */
export function requestFaults(schemas: ClosedSchemas, met: Met, exchange: Exchange): string[] {
  const query = new URLSearchParams(exchange.url.split('?')[1] ?? '');
  const faults = met.operation.parameters.flatMap((parameter: Part) =>
    parameterFaults(schemas, parameter, textsOf(parameter, { met, query, exchange })),
  );
  const names = met.operation.parameters.map(({ name }: Part) => name);
  for (const name of new Set(query.keys()))
    if (!names.includes(name)) faults.push(`query parameter ${name} is not declared, yet accepted`);
  return [...faults, ...bodyFaults(schemas, met.operation.requestBody, exchange)];
}

function textsOf(
  { in: place, name }: Part,
  { met, query, exchange }: { met: Met; query: URLSearchParams; exchange: Exchange },
): string[] {
  if (place === 'query') return query.getAll(name);
  const text = place === 'path' ? met.inPath[name] : exchange.sent[String(name).toLowerCase()];
  if (text === undefined) return [];
  return [place === 'path' ? decodeURIComponent(text) : text];
}

function parameterFaults(
  schemas: ClosedSchemas,
  { name, in: place, required, schema }: Part,
  texts: string[],
): string[] {
  const what = `${place} parameter ${name}`;
  if (texts.length === 0) return required === true ? [`${what} is missing, yet accepted`] : [];
  const isList = [schema.type].flat().includes('array');
  const value = isList
    ? texts.map((text) => asGiven(schema.items ?? {}, text))
    : asGiven(schema, texts[0] ?? '');
  const validate = schemas.open(schema);
  return validate(value) ? [] : [`${what} was accepted: ${JSON.stringify(value)}: ${told(validate)}`];
}

function bodyFaults(schemas: ClosedSchemas, body: Part, exchange: Exchange): string[] {
  const { sent, payload } = exchange;
  if (body === undefined) return [];
  // A body without lines is also valid NDJSON.
  if (payload === undefined || (payload === '' && body.content[NDJSON] === undefined))
    return body.required === true ? ['no body was sent, yet it was accepted'] : [];
  const type = (sent['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const media = body.content[type];
  if (media === undefined) return [`a body of ${type || 'no type'} was accepted, and is not declared`];
  const validate = schemas.open(media.schema);
  if (type === NDJSON)
    return acceptedLines(payload, exchange.text).flatMap((line) => lineFaults(validate, line));
  const value: unknown = type.endsWith('json')
    ? JSON.parse(payload)
    : Object.fromEntries(new URLSearchParams(payload));
  return validate(value) ? [] : [`the body was accepted: ${told(validate)}: ${payload.slice(0, 300)}`];
}

/** The lines of a bulk request that were executed: each line is accepted individually. */
function acceptedLines(payload: string, answer = ''): string[] {
  const lines = payload.split('\n');
  const verdicts = answer
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Verdict);
  const done = verdicts.filter(({ status }) => status === 'opened' || status === 'posted');
  return done.map(({ line }) => lines[line - 1] ?? '');
}

interface Verdict {
  line: number;
  /** Missing in the summary. */
  status?: string;
}

function lineFaults(validate: ValidateFunction, line: string): string[] {
  return validate(JSON.parse(line))
    ? []
    : [`the line was accepted: ${told(validate)}: ${line.slice(0, 300)}`];
}
