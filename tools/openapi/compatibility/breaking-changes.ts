import {
  type BodyContract,
  type Contract,
  type OperationContract,
  operationsOf,
  type ParameterContract,
  resolve,
  type ResponseContract,
  type SchemaContract,
  type SecuritySchemeContract,
} from './contract.js';
import { type Placed, type Report, reportNarrowing, reportRemoved } from './narrowing.js';

interface Documents {
  before: Contract;
  after: Contract;
}

type Pair<T> = readonly [before: T, after: T];

/**
 * Every change between two documents that breaks a client of the first, one sentence each, sorted: `POST /accounts:
 * 201: balance: removed`. Descriptions, examples and additions are ignored.
 */
export function breakingChanges(before: Contract, after: Contract): string[] {
  const found: string[] = [];
  const operations = operationsOf(after);
  for (const [name, operation] of operationsOf(before)) {
    const now = operations.get(name);
    const report: Report = (place, what) => found.push([name, place, what].filter(Boolean).join(': '));
    if (now === undefined) report('', 'removed');
    else compareOperation({ before, after }, [operation, now], report);
  }
  const urls = new Set(after.servers?.map(({ url }) => url));
  for (const { url } of before.servers ?? []) if (!urls.has(url)) found.push(`server ${url}: removed`);
  return [...new Set(found)].sort();
}

function compareOperation(documents: Documents, pair: Pair<OperationContract>, report: Report): void {
  const [before, after] = pair;
  if (before.operationId !== after.operationId)
    report('', `operationId ${before.operationId ?? 'none'} → ${after.operationId ?? 'none'}`);
  compareSecurity(documents, pair, report);
  compareParameters(documents, [before.parameters ?? [], after.parameters ?? []], report);
  compareRequests(documents, pair, within(report, 'body'));
  for (const [status, response] of Object.entries(before.responses)) {
    const now = after.responses[status];
    const inAnswer = within(report, status);
    if (now === undefined) inAnswer('', 'removed');
    else compareResponses(documents, [response, now], inAnswer);
  }
}

/** Each authentication scheme must keep working; its name in the document may change. */
function compareSecurity(
  documents: Documents,
  [before, after]: Pair<OperationContract>,
  report: Report,
): void {
  const ways = new Set(after.security?.map((way) => sentBy(documents.after, way)));
  for (const way of before.security ?? []) {
    if (!ways.has(sentBy(documents.before, way)))
      report('security', `${Object.keys(way).join(' + ') || 'none'} removed`);
  }
}

/** The credentials that a client sends for these schemes: their location, and their scopes. */
function sentBy({ components }: Contract, way: Record<string, string[]>): string {
  const parts = Object.entries(way).map(([name, scopes]) => {
    const {
      type,
      in: place,
      name: header,
      scheme,
    }: SecuritySchemeContract = components?.securitySchemes?.[name] ?? {};
    return JSON.stringify({ type, place, header, scheme, scopes });
  });
  return parts.sort().join(' ');
}

function compareParameters(documents: Documents, lists: Pair<ParameterContract[]>, report: Report): void {
  const [before, after] = [byName(documents.before, lists[0]), byName(documents.after, lists[1])];
  for (const [name, { required }] of after)
    if (required === true && before.get(name)?.required !== true) report(name, 'required');
  for (const [name, parameter] of before) {
    const now = after.get(name);
    if (now === undefined) report(name, 'removed');
    else compareSent(documents, [parameter.schema, now.schema], within(report, name));
  }
}

function byName(document: Contract, parameters: ParameterContract[]): Map<string, ParameterContract> {
  const resolved = parameters.map((parameter) => resolve(document, parameter));
  return new Map(resolved.map((parameter) => [`${parameter.in ?? ''} ${parameter.name ?? ''}`, parameter]));
}

function compareRequests(
  documents: Documents,
  [before, after]: Pair<OperationContract>,
  report: Report,
): void {
  if (after.requestBody?.required === true && before.requestBody?.required !== true) report('', 'required');
  compareMedia([before.requestBody ?? {}, after.requestBody ?? {}], report, (schemas) => {
    compareSent(documents, schemas, report);
  });
}

function compareResponses(documents: Documents, pair: Pair<ResponseContract>, report: Report): void {
  const [before, after] = [resolve(documents.before, pair[0]), resolve(documents.after, pair[1])];
  for (const [name, header] of Object.entries(before.headers ?? {})) {
    const inHeader = within(report, `header ${name}`);
    const now = after.headers?.[name];
    if (now === undefined) inHeader('', 'removed');
    else compareHeader(documents, [header, now], inHeader);
  }
  compareMedia([before, after], report, (schemas) => {
    compareGot(documents, schemas, report);
  });
}

function compareHeader(documents: Documents, pair: Pair<ParameterContract>, report: Report): void {
  const [before, after] = [resolve(documents.before, pair[0]), resolve(documents.after, pair[1])];
  if (before.required === true && after.required !== true) report('', 'may be absent');
  compareGot(documents, [before.schema, after.schema], report);
}

type Schemas = Pair<SchemaContract | undefined>;

function compareMedia(
  [before, after]: Pair<BodyContract>,
  report: Report,
  compare: (schemas: Schemas) => void,
): void {
  for (const [type, { schema }] of Object.entries(before.content ?? {})) {
    const now = after.content?.[type];
    if (now === undefined) report(type, 'removed');
    else compare([schema, now.schema]);
  }
}

/** A request that was accepted must still be accepted. */
function compareSent(documents: Documents, schemas: Schemas, report: Report): void {
  const [was, now] = placed(documents, schemas);
  reportRemoved(was, now, report);
  reportNarrowing(was, now, (place, { sent }) => {
    report(place, sent);
  });
}

/** A response must keep its fields, and contain no value that the client never saw. */
function compareGot(documents: Documents, schemas: Schemas, report: Report): void {
  const [was, now] = placed(documents, schemas);
  const removed = new Set<string>();
  reportRemoved(was, now, (field) => removed.add(field));
  for (const field of removed) report(field, 'removed');
  reportNarrowing(now, was, (place, { got }) => {
    if (!removed.has(place)) report(place, got);
  });
}

function placed({ before, after }: Documents, [was, now]: Schemas): Pair<Placed> {
  return [
    { document: before, schema: was ?? {} },
    { document: after, schema: now ?? {} },
  ];
}

function within(report: Report, name: string): Report {
  return (place, what) => {
    report([name, place].filter(Boolean).join(': '), what);
  };
}
