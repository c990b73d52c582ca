import { type Api, ContractFault, Skipped } from './check.js';
import type { Created, CreatedThings } from './created.js';
import { isSame, type Json } from './exact-json.js';
import { CheckFindings } from './findings.js';
import type { Form } from './form.js';
import { type HttpResponse, type HttpCall, type HttpClient, NoResponse } from './http-client.js';
import type { SecretRedactor } from './secrets.js';
import { shown, shownCall } from './shown.js';

const SHOWN_PROBLEMS = 3;
const SHOWN_PROBLEM = 160;

/** What all checks of a run share. */
export interface RunContext {
  client: HttpClient;
  secrets: SecretRedactor;
  created: CreatedThings;
  /** Eight characters that no other run has; part of every name it makes. */
  mark: string;
  isStrict: boolean;
  isDestructive: boolean;
}

export type RequestHeaders = Readonly<Record<string, string>>;

export interface SentRequest {
  body?: unknown;
  raw?: string;
  /** Headers beside the credentials. */
  headers?: RequestHeaders;
  /** Credentials instead of those of the API's usual caller; `{}` for none. */
  as?: RequestHeaders;
}

/** A request that is yet to be sent. */
export type Request = readonly [method: string, path: string, sent?: SentRequest];

/** The conversation with one API: its credentials, its responses, and the objects that later checks use again. */
export abstract class ApiSession {
  abstract readonly api: Api;
  /** What a refusal looks like in this API, as far as its contract says. */
  abstract readonly errorForm: Form;
  /** Set by the runner: the check that a broken precondition is reported for. */
  currentCheck = '';
  /** Requests in a row that were not answered. */
  silentInARow = 0;
  readonly findings: CheckFindings;
  private readonly made = new Map<string, { by: string; value: Promise<unknown> }>();

  constructor(readonly context: RunContext) {
    this.findings = new CheckFindings(context.secrets);
  }

  /** The headers of the usual caller. */
  protected abstract caller(): RequestHeaders;
  /** What a request made, if its answer says so; `null` answer: there was none. */
  protected abstract madeBy(
    call: HttpCall,
    answer: HttpResponse | null,
  ): Omit<Created, 'api' | 'isUncertain'> | null;
  /** The code by which this API names a refusal; only Vostro's are known. */
  abstract codeOf(json: Json | undefined): string;

  /** @throws Fault when there is no answer */
  async send(...[method, path, sent = {}]: Request): Promise<HttpResponse> {
    const { as = this.caller(), headers = {}, ...payload } = sent;
    const call: HttpCall = { method, path, headers: { ...as, ...headers }, ...payload };
    try {
      const answer = await this.context.client.send(call);
      this.silentInARow = 0;
      this.note(call, answer);
      this.findings.look(answer, this.errorForm);
      return answer;
    } catch (error) {
      if (!(error instanceof NoResponse)) throw error;
      this.silentInARow++;
      this.note(call, null);
      throw new ContractFault('an answer', error.message, shownCall(call, this.context.secrets));
    }
  }

  /** The same, and the answer must have this status. */
  async sendFor(status: number, ...request: Request): Promise<HttpResponse> {
    const answer = await this.send(...request);
    this.expectStatus(answer, status);
    return answer;
  }

  expectStatus(answer: HttpResponse, ...statuses: number[]): void {
    if (statuses.includes(answer.status)) return;
    this.fail(answer, `status ${statuses.join(' or ')}`, `${answer.status} ${answer.text}`);
  }

  expectForm(answer: HttpResponse, form: Form): void {
    const problems = form(answer.json, '');
    if (problems.length === 0) return;
    const { secrets } = this.context;
    const named = problems.slice(0, SHOWN_PROBLEMS).map((problem) => shown(problem, secrets, SHOWN_PROBLEM));
    const more = problems.length > SHOWN_PROBLEMS ? ` and ${problems.length - SHOWN_PROBLEMS} more` : '';
    throw new ContractFault(
      'the documented form',
      `${named.join('; ')}${more}`,
      shownCall(answer.call, this.context.secrets),
    );
  }

  /** @param what that is compared, such as `currency` */
  expectSame(answer: HttpResponse, what: string, found: Json | undefined, expected: Json | undefined): void {
    if (isSame(found, expected)) return;
    this.fail(answer, `${what} ${show(expected)}`, show(found));
  }

  /** @throws Fault always */
  fail(answer: HttpResponse, expected: string, found: string): never {
    const { secrets } = this.context;
    throw new ContractFault(shown(expected, secrets), shown(found, secrets), shownCall(answer.call, secrets));
  }

  /**
   * Objects that several checks need, created by the first check that uses them. When one cannot be created, that check
   * reports why and the remaining ones are skipped, so that one fault is reported once.
   */
  async once<T>(what: string, make: () => Promise<T>): Promise<T> {
    const known = this.made.get(what);
    if (known === undefined) {
      const value = make();
      this.made.set(what, { by: this.currentCheck, value });
      return value;
    }
    try {
      return (await known.value) as T;
    } catch (error) {
      if (error instanceof Skipped || known.by === this.currentCheck) throw error;
      throw new Skipped(`needs ${what}; see ${known.by}`);
    }
  }

  private note(call: HttpCall, answer: HttpResponse | null): void {
    const made = this.madeBy(call, answer);
    if (made === null) return;
    // What the server calls it is text from outside, too.
    const id = shown(made.id, this.context.secrets);
    this.context.created.add({ api: this.api, kind: made.kind, id, isUncertain: answer === null });
  }
}

function show(json: Json | undefined): string {
  return json === undefined ? 'nothing' : JSON.stringify(json);
}
