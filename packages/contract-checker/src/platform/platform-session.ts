import {
  ApiSession,
  type RequestHeaders,
  type Request,
  type RunContext,
  type SentRequest,
} from '../api-session.js';
import { Skipped } from '../check.js';
import type { PlatformAccess } from '../credentials.js';
import { isObject, type Json, type JsonObject } from '../exact-json.js';
import type { HttpResponse, HttpCall } from '../http-client.js';
import { ERROR } from './platform-forms.js';

export const CUSTOMERS = '/customers';
/** The base path that clients of this contract use. Paths other than those of customers exist only below it. */
export const BASE = '/raas/v2';
export const TOKEN_PATH = '/oauth/token';

export interface PlatformAccount {
  answer: HttpResponse;
  json: JsonObject;
  identifier: string;
  request: Request;
}

/** A session with the platform API, as one platform. */
export class PlatformSession extends ApiSession {
  readonly api = 'platform';
  readonly errorForm = ERROR;

  constructor(
    context: RunContext,
    readonly access: PlatformAccess,
    /** An account with money, for transfers to it and back; `null`: none was named. */
    readonly fundedAccount: string | null,
  ) {
    super(context);
  }

  protected caller(): RequestHeaders {
    return basic(this.access);
  }

  /** An unknown key with a valid secret, a valid key with a wrong secret, and a text that is no credential. */
  wrongCallers(): RequestHeaders[] {
    const { access, context } = this;
    return [
      basic({ key: `unknown-${context.mark}`, secret: access.secret }),
      basic({ key: access.key, secret: `wrong-${context.mark}` }),
      { 'x-api-key': access.key, 'x-api-secret': `wrong-${context.mark}` },
      { authorization: 'Bearer wrong' },
      { authorization: 'Basic ???' },
    ];
  }

  codeOf(json: Json | undefined): string {
    return isObject(json) && typeof json.i18nKey === 'string' ? json.i18nKey : 'none';
  }

  protected madeBy({ method, path, body }: HttpCall, answer: HttpResponse | null) {
    const [, kind] = MADE.find(([form]) => form.test(path)) ?? [];
    if (method !== 'POST' || kind === undefined) return null;
    if (answer !== null && answer.status !== 200 && answer.status !== 201) return null;
    const names = { ...(body as JsonObject), ...(isObject(answer?.json) ? answer.json : {}) };
    const id = names.balanceAlertID ?? names.accountIdentifier ?? names.customerIdentifier;
    return { kind, id: typeof id === 'string' ? id : 'without identifier' };
  }

  /** An identifier that is unique to this run. */
  identifier(what: string): string {
    return `check-${this.context.mark}-${what}`;
  }

  /** The contact address of all accounts of this run, and of no other account. */
  get contactEmail(): string {
    return `check-${this.context.mark}@example.com`;
  }

  /** A well-formed body; `members` override its own. */
  body(what: string, members: object = {}): object {
    const displayName = `Contract check ${this.context.mark} ${what}`;
    const accountIdentifier = this.identifier(what);
    return { accountIdentifier, displayName, contactEmail: this.contactEmail, ...members };
  }

  /** The request that opens such an account under the customer of this run. */
  async opening(what: string, members: object = {}, sent: SentRequest = {}): Promise<Request> {
    return ['POST', accountsOf(await this.customer()), { body: this.body(what, members), ...sent }];
  }

  /** The customer for openings: the one of the credentials, otherwise one created by this run. */
  async customer(): Promise<string> {
    return this.access.customerIdentifier ?? (await this.createdCustomer()).identifier;
  }

  /** The customer that this run created. */
  async createdCustomer(): Promise<{ answer: HttpResponse; identifier: string; displayName: string }> {
    return this.once('a customer created by this run', async () => {
      const identifier = this.identifier('customer');
      const displayName = `Contract check ${this.context.mark}`;
      const body = { customerIdentifier: identifier, displayName };
      const answer = await this.sendFor(201, 'POST', CUSTOMERS, { body });
      return { answer, identifier, displayName };
    });
  }

  /** The first account that this run opened, with all defaults. */
  async opened(): Promise<PlatformAccount> {
    // Only Vostro supports the key, and only strict checks rely on it.
    const headers = this.context.isStrict
      ? { headers: { 'idempotency-key': `check-${this.context.mark}` } }
      : {};
    return this.openedAs('one', {}, headers);
  }

  /** A second account: in euros, with an identifier in mixed case and with addresses to notify. */
  async second(): Promise<PlatformAccount> {
    return this.openedAs('two', {
      accountIdentifier: `Check-${this.context.mark.toUpperCase()}-Two`,
      currencyCode: 'EUR',
      fundingNotification: [{ emailAddress: 'one@example.com' }, { emailAddress: 'two@example.com' }],
    });
  }

  private async openedAs(
    what: string,
    members: object = {},
    sent: SentRequest = {},
  ): Promise<PlatformAccount> {
    return this.once(`the account "${what}" opened by this run`, async () => {
      const request = await this.opening(what, members, sent);
      const answer = await this.send(...request);
      if (answer.status === 403 && this.access.customerIdentifier === null)
        throw new Skipped(
          'needs a customer that accounts may be opened for: this platform’s new ones may not have any',
        );
      this.expectStatus(answer, 201);
      if (!isObject(answer.json)) this.fail(answer, 'an account', answer.text);
      const { accountIdentifier: identifier } = answer.json;
      if (typeof identifier !== 'string') this.fail(answer, 'an accountIdentifier', answer.text);
      return { answer, json: answer.json, identifier, request };
    });
  }
}

const MADE: readonly [path: RegExp, kind: string][] = [
  [/\/lowbalance$/, 'low-balance alert'],
  [/\/accounts$/, 'account'],
  [/\/customers$/, 'customer'],
];

export function basic({ key, secret }: { key: string; secret: string }): RequestHeaders {
  return { authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}` };
}

export function accountsOf(customer: string): string {
  return `${CUSTOMERS}/${encodeURIComponent(customer)}/accounts`;
}
