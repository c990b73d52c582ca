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

/** Shared by all checks of a run. */
export interface RunContext {
  client: HttpClient;
  secrets: SecretRedactor;
  created: CreatedThings;
  /** Eight characters that are unique to this run; part of every name that it creates. */
  mark: string;
  isStrict: boolean;
  isDestructive: boolean;
}

export type RequestHeaders = Readonly<Record<string, string>>;

export interface SentRequest {
  body?: unknown;
  raw?: string;
  /** Additional headers besides the credentials. */
  headers?: RequestHeaders;
  /** Credentials that replace those of the API's usual caller; `{}` for none. */
  as?: RequestHeaders;
}

/** A request that has not been sent yet. */
export type Request = readonly [method: string, path: string, sent?: SentRequest];

/** A session with one API: its credentials, its responses, and the objects that later checks reuse. */
export abstract class ApiSession {
  abstract readonly api: Api;
  /** The form of this API's error bodies, as far as its contract defines it. */
  abstract readonly errorForm: Form;
  /** Set by the runner: the check that a broken precondition is reported for. */
  currentCheck = '';
  /** Consecutive requests without a response. */
  silentInARow = 0;
  readonly findings: CheckFindings;
  private readonly made = new Map<string, { by: string; value: Promise<unknown> }>();

  constructor(readonly context: RunContext) {
    this.findings = new CheckFindings(context.secrets);
  }

  /** Headers of the usual caller. */
  protected abstract caller(): RequestHeaders;
  /** The object that a request created, if its response says so. `answer` null: there was no response. */
  protected abstract madeBy(
    call: HttpCall,
    answer: HttpResponse | null,
  ): Omit<Created, 'api' | 'isUncertain'> | null;
  /** The error code in a body of this API; only Vostro's codes are known. */
  abstract codeOf(json: Json | undefined): string;

  /** @throws ContractFault when there is no response */
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

  /** As `send`, and the response must have this status. */
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

  /** @param what the name of what is compared, such as `currency` */
  expectSame(answer: HttpResponse, what: string, found: Json | undefined, expected: Json | undefined): void {
    if (isSame(found, expected)) return;
    this.fail(answer, `${what} ${show(expected)}`, show(found));
  }

  /** @throws ContractFault always */
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
    // The object's name comes from the server, so it is shown as untrusted text.
    const id = shown(made.id, this.context.secrets);
    this.context.created.add({ api: this.api, kind: made.kind, id, isUncertain: answer === null });
  }
}

function show(json: Json | undefined): string {
  return json === undefined ? 'nothing' : JSON.stringify(json);
}
