import { ContractFault } from './check.js';
import type { Form } from './form.js';
import type { HttpResponse } from './http-client.js';
import type { SecretRedactor } from './secrets.js';
import { shown, shownCall } from './shown.js';

/** Rules for every response, independent of the request. */
export type CheckRule = 'secrets' | 'server-errors' | 'json' | 'error-form' | 'request-id' | 'retry-after';

const EXPECTED: Readonly<Record<CheckRule, string>> = {
  secrets: 'an answer without any secret',
  'server-errors': 'no status of 500 or above',
  json: 'content-type application/json, and JSON',
  'error-form': 'the error body of this API',
  'request-id': 'X-Request-Id',
  'retry-after': 'Retry-After with 429 and 503',
};
const JSON_TYPE = /^application\/([a-z.+-]+\+)?json\b/i;

/** Examines every response of a session and keeps the first one that breaks each rule. */
export class CheckFindings {
  private readonly first = new Map<CheckRule, { fault: ContractFault; count: number }>();
  /** Number of responses examined by each rule. */
  private readonly looked = new Map<CheckRule, number>();

  constructor(private readonly secrets: SecretRedactor) {}

  look(answer: HttpResponse, errorForm: Form): void {
    const { status, headers, text, json } = answer;
    const told = [text, ...[...headers].map(([name, value]) => `${name}: ${value}`)];
    const names = [...new Set(told.flatMap((part) => this.secrets.namesIn(part)))];
    this.hold('secrets', answer, names.length === 0 ? null : `the ${names.join(' and the ')} in the answer`);
    this.hold('server-errors', answer, status < 500 || status === 503 ? null : `${status} ${text}`);
    const type = headers.get('content-type') ?? 'none';
    const isJson = JSON_TYPE.test(type) && json !== undefined;
    if (!isEmpty(answer)) this.hold('json', answer, isJson ? null : `content-type ${type}, ${text}`);
    if (status >= 400) this.hold('error-form', answer, errorForm(json, '').join('; ') || null);
    this.hold('request-id', answer, headers.has('x-request-id') ? null : 'none');
    if (status === 429 || status === 503)
      this.hold('retry-after', answer, headers.has('retry-after') ? null : 'none');
  }

  /** The number of responses that the rule was applied to. */
  count(rule: CheckRule): number {
    return this.looked.get(rule) ?? 0;
  }

  /** @throws ContractFault of the first response that broke the rule */
  assert(rule: CheckRule): void {
    const broken = this.first.get(rule);
    if (broken === undefined) return;
    const { fault, count } = broken;
    const times = count === 1 ? '' : ` (${count} answers)`;
    throw new ContractFault(fault.expected, `${fault.found}${times}`, fault.call);
  }

  private hold(rule: CheckRule, { call }: HttpResponse, found: string | null): void {
    this.looked.set(rule, this.count(rule) + 1);
    if (found === null) return;
    const known = this.first.get(rule);
    if (known !== undefined) known.count++;
    else {
      const fault = new ContractFault(
        EXPECTED[rule],
        shown(found, this.secrets),
        shownCall(call, this.secrets),
      );
      this.first.set(rule, { fault, count: 1 });
    }
  }
}

/** Statuses that have no body by definition. */
function isEmpty({ status, text }: HttpResponse): boolean {
  return (status === 204 || status === 304) && text === '';
}
