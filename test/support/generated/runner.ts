import fc from 'fast-check';
import type { ApiName, DocumentedCall, Part } from '../api-documents.js';
import { ClosedSchemas } from '../conformance/closed-schemas.js';
import type { KeyHeaders } from '../factories.js';
import { NDJSON, readVerdicts } from '../bulk.js';
import type { TestResponse } from '../world.js';
import { credentialsOf } from './credentials.js';
import type { Filled, RequestPlan } from './plan.js';
import { signed } from './plans-admin-parties.js';
import { type Made, Requests, type Spoilt } from './requests.js';
import type { Seeds } from './seeds.js';

/** The results of the requests of one operation; the lists are readable descriptions of unexpected results. */
export interface OperationOutcome {
  accepted: number;
  valid: number;
  invalid: number;
  /** Valid requests that were refused as invalid. */
  misjudged: string[];
  /** Invalid requests that were accepted. */
  letPass: string[];
  failed: string[];
  /** Tables that invalid requests changed. */
  changed: string[];
  /** The number of business refusals of valid requests, by code. */
  refusals: Record<string, number>;
}

/** Codes of refusals for an invalid request, of each API. */
const FAULTS_OF_FORM = new Set([
  ...['validation_failed', 'body_malformed', 'idempotency_key_malformed', 'media_type_unsupported'],
  ...[
    'payload_too_large',
    'invalid_request',
    'route_not_found',
    'credentials_required',
    'credentials_invalid',
  ],
  ...['unauthorized', 'not_acceptable', 'signature_invalid', 'method_not_allowed'],
  ...['400.001', '400.009', '401.001', '401.002', '404.024', '405.002', '406.001', '415.001'],
]);

/** Sends generated requests of one operation. */
export class OperationRunner {
  private readonly requests: Requests;
  private readonly outcome: OperationOutcome = {
    accepted: 0,
    valid: 0,
    invalid: 0,
    misjudged: [],
    letPass: [],
    failed: [],
    changed: [],
    refusals: {},
  };

  constructor(
    private readonly seeds: Seeds,
    private readonly api: ApiName,
    private readonly call: DocumentedCall,
    private readonly plan: RequestPlan,
    document: Part,
    schemas: ClosedSchemas,
  ) {
    this.requests = new Requests(document, call, schemas);
  }

  /** Sends invalid requests first, then the same number of valid ones. */
  async run(runs: number, seed: number): Promise<OperationOutcome> {
    const sample = (numRuns: number, shift: number): Made[] =>
      fc.sample(this.requests.valid(), { numRuns, seed: seed + shift });
    const half = Math.ceil(runs / 2);
    await this.sendInvalid(sample(half, 0));
    for (const made of sample(half, 1)) await this.sendValid(made);
    return this.outcome;
  }

  /** Invalid requests change nothing, so all of them may name the same objects. */
  private async sendInvalid(all: Made[]): Promise<void> {
    const [first] = all;
    if (first === undefined) return;
    const filled = await this.filledFor(first);
    // Credentials are issued on first use.
    await credentialsOf(this.seeds, { api: this.api, ...this.call }, 0);
    const before = await this.seeds.fingerprint();
    for (const made of all) {
      const spoilt = this.requests.spoil(fill(made, filled, this.requests.parameters));
      const answer = await this.send(spoilt, filled.headers);
      this.outcome.invalid += 1;
      if (answer.status >= 500) this.outcome.failed.push(told(spoilt.what, spoilt, answer));
      else if (answer.status < 400) this.outcome.letPass.push(told(spoilt.what, spoilt, answer));
    }
    this.outcome.changed = differing(before, await this.seeds.fingerprint());
  }

  private async sendValid(made: Made): Promise<void> {
    const filled = await this.filledFor(made);
    const request = fill(made, filled, this.requests.parameters);
    if (!this.requests.isValid(request)) throw new Error(`the plan made it invalid: ${shown(request)}`);
    const answer = await this.send(request, filled.headers);
    this.outcome.valid += 1;
    if (answer.status < 300) this.outcome.accepted += 1;
    else if (answer.status >= 500) this.outcome.failed.push(told('valid', request, answer));
    else if (FAULTS_OF_FORM.has(codeOf(answer))) this.outcome.misjudged.push(told('valid', request, answer));
    else this.outcome.refusals[codeOf(answer)] = (this.outcome.refusals[codeOf(answer)] ?? 0) + 1;
  }

  private async filledFor(made: Made): Promise<Filled> {
    return (await this.plan.fill?.(this.seeds, made)) ?? {};
  }

  private async send(request: Made | Spoilt, own: KeyHeaders | undefined): Promise<TestResponse> {
    const { mediaType = this.requests.mediaType, raw, credentials } = request as Partial<Spoilt>;
    const body = raw ?? bodyText(request.body, this.requests.mediaType);
    const who = own ?? (await credentialsOf(this.seeds, { api: this.api, ...this.call }, request.pick));
    const headers: KeyHeaders = {
      ...(mediaType === undefined ? {} : { 'content-type': mediaType }),
      ...headersOf(request),
    };
    const auth = this.isSigned() ? { 'webhook-signature': signed(headers, body ?? '') } : who;
    const path = urlOf(this.call.path, request);
    const answer = await this.seeds.world.send(this.call.method.toUpperCase(), path, {
      headers: { ...headers, ...withCredentials(auth, credentials) },
      ...(body === undefined ? {} : { raw: body }),
    });
    return this.requests.mediaType === NDJSON ? answerOfLine(answer) : answer;
  }

  private isSigned(): boolean {
    return JSON.stringify(this.call.operation.security).includes('adminWebhookSignature');
  }
}

/** The response to the single line of a bulk call. */
function answerOfLine(answer: TestResponse): TestResponse {
  if (!String(answer.headers['content-type']).startsWith(NDJSON)) return answer;
  const error = readVerdicts(answer.text).verdicts[0]?.error;
  return error === undefined ? answer : { ...answer, status: Number(error.status), body: error };
}

/** The request with the values of the plan. */
function fill(made: Made, filled: Filled, places: Part[]): Made {
  const { parameters = {}, parametersAlways = {}, body = {}, always = {} } = filled;
  const known = new Map(Object.entries(parameters));
  return {
    ...made,
    parameters: [
      ...made.parameters
        .filter(({ name }) => !(name in parametersAlways))
        .map((one) => (known.has(one.name) ? { ...one, value: known.get(one.name) } : one))
        .filter(({ value }) => value !== undefined),
      ...places
        .filter(({ name }) => name in parametersAlways)
        .map(({ in: place, name }) => ({ in: place, name, value: parametersAlways[name] })),
    ],
    body: filledBody(made.body, body, always),
  };
}

function filledBody(body: unknown, whenThere: object, always: object): unknown {
  if (typeof body !== 'object' || body === null) return body;
  const there = Object.entries(whenThere).filter(([name]) => name in body);
  const all = { ...body, ...Object.fromEntries(there), ...always };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function bodyText(body: unknown, mediaType: string | undefined): string | undefined {
  if (body === undefined) return undefined;
  if (mediaType === 'application/json') return JSON.stringify(body);
  if (mediaType === NDJSON) return `${JSON.stringify(body)}\n`;
  return new URLSearchParams(body as Record<string, string>).toString();
}

function headersOf({ parameters }: Made): KeyHeaders {
  const own = parameters.filter((one) => one.in === 'header');
  return Object.fromEntries(own.map(({ name, value }) => [name.toLowerCase(), String(value)]));
}

function urlOf(template: string, { parameters }: Made): string {
  const query = new URLSearchParams();
  let path = template;
  for (const { in: place, name, value } of parameters) {
    if (place === 'path') path = path.replace(`{${name}}`, () => encodeURIComponent(String(value)));
    if (place === 'query') for (const text of [value].flat()) query.append(name, String(text));
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

function withCredentials(headers: KeyHeaders, how: Spoilt['credentials']): KeyHeaders {
  if (how === undefined) return headers;
  if (how === 'none') return {};
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, `${value.slice(0, -4)}AAAA`]),
  );
}

function differing(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(after).filter((table) => before[table] !== after[table]);
}

function codeOf({ body }: TestResponse): string {
  return String(body?.errorCode ?? body?.i18nKey ?? body?.code);
}

function shown({ parameters, body }: Made): string {
  const named = parameters.map(({ name, value }) => `${name}=${JSON.stringify(value)}`);
  return [...named, JSON.stringify(body)].join(' ').slice(0, 500);
}

function told(what: string, request: Made, { status, text }: TestResponse): string {
  return `${what}: answered ${status}\n  ${shown(request)}\n  ${text.slice(0, 500)}`;
}
