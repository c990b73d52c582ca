import { ApiSession, type RequestHeaders, type RunContext } from '../api-session.js';
import { ContractFault, Skipped } from '../check.js';
import type { KeyPair } from '../credentials.js';
import { isObject, type Json, type JsonObject } from '../exact-json.js';
import { amount, dependingOn, type Form, number, objectOf, optionally, text } from '../form.js';
import type { HttpResponse, HttpCall } from '../http-client.js';

export const ACCOUNTS = '/api/v1/accounts';

/** Tried in this order until an account can be opened. */
const CURRENCIES = ['ZAR', 'USD', 'EUR', 'GBP', 'AUD', 'CAD', 'CHF', 'JPY', 'BTC'];

/** Amounts are exact: no more decimals than the currency has. */
export const ACCOUNT: Form = dependingOn((value) => {
  const inCurrency = amount(isObject(value) ? value.currency : undefined);
  return objectOf({
    id: text('acc_ and 6 or more of 0-9 and A-Z', /^acc_[0-9A-Z]{6,}$/),
    currency: text('a currency code in upper case', /^[A-Z0-9]{3,}$/),
    balance: inCurrency,
    lockedBalance: inCurrency,
  });
});

/** The contract shows the four fields of an account in its error bodies, requires none, and forbids no other field. */
const ERROR: Form = (value, place) => [
  ...objectOf({})(value, place),
  ...optionally({ id: text(), currency: text(), balance: number, lockedBalance: number })(value, place),
];

export interface OwnerAccount {
  answer: HttpResponse;
  id: string;
  currency: string;
  json: JsonObject;
}

/** A session with the owner API, as the holder of one key. */
export class OwnerSession extends ApiSession {
  readonly api = 'owner';
  readonly errorForm = ERROR;
  private readonly tried = new Set<string>();

  constructor(
    context: RunContext,
    readonly keys: KeyPair,
    private readonly pendingKeys: KeyPair | null,
    private readonly currencies: readonly string[] | null,
  ) {
    super(context);
  }

  protected caller(): RequestHeaders {
    return toHeaders(this.keys);
  }

  /** An unknown key with a valid secret, and a valid key with a wrong secret. */
  wrongCallers(): RequestHeaders[] {
    const { mark } = this.context;
    return [
      { ...this.caller(), 'x-api-key': `unknown-${mark}` },
      { ...this.caller(), 'x-api-secret': `wrong-${mark}` },
    ];
  }

  /** @throws Skipped when the credentials of such an owner are missing */
  pending(): RequestHeaders {
    if (this.pendingKeys === null)
      throw new Skipped('needs ownerPending: an owner whose KYC is not approved');
    return toHeaders(this.pendingKeys);
  }

  codeOf(json: Json | undefined): string {
    return isObject(json) && typeof json.code === 'string' ? json.code : 'none';
  }

  protected madeBy({ method, path, body }: HttpCall, answer: HttpResponse | null) {
    if (method !== 'POST' || path !== ACCOUNTS) return null;
    if (answer === null) return { kind: 'account', id: `in ${asText((body as JsonObject).currency)}` };
    if (answer.status !== 201 && answer.status !== 200) return null;
    const { id, currency } = isObject(answer.json) ? answer.json : {};
    return { kind: 'account', id: `${asText(id)} in ${asText(currency)}` };
  }

  /** Opens an account in one currency. */
  async open(currency: string, headers: RequestHeaders = {}): Promise<HttpResponse> {
    return this.send('POST', ACCOUNTS, { body: { currency }, headers });
  }

  /** The account that this run opened. @throws Skipped when no currency is left to open one in */
  async opened(): Promise<OwnerAccount> {
    return this.once('an account opened by this run', async () => {
      let refused: HttpResponse | null = null;
      for (let currency = await this.findFree(); currency !== null; currency = await this.findFree()) {
        // Only Vostro supports the key, and only strict checks rely on it.
        const headers = this.context.isStrict ? this.openingHeaders(currency) : {};
        const answer = await this.open(currency, headers);
        if (answer.status !== 404 && !(await this.isTakenByAnother(answer, currency))) {
          this.expectStatus(answer, 201);
          return this.toAccount(answer, currency);
        }
        refused = answer;
      }
      // It is an error that no account can be opened if the options name currencies, or if the owner has no account.
      const isExpected = this.currencies !== null || (await this.held()).size === 0;
      if (refused !== null && isExpected)
        this.fail(refused, `201 in one of ${this.candidates.join()}`, `${refused.status} ${refused.text}`);
      throw this.noneLeft();
    });
  }

  /** Another run may have opened an account since the list was read. */
  private async isTakenByAnother({ status }: HttpResponse, currency: string): Promise<boolean> {
    if (status !== 409) return false;
    return (await this.listed()).accounts.some((account) => account.currency === currency);
  }

  /** Headers of the opening in strict runs; only Vostro supports the key. */
  openingHeaders(currency: string): RequestHeaders {
    return { 'idempotency-key': `check-${this.context.mark}-${currency}` };
  }

  /** The account that this run opened, otherwise an existing one. @throws Skipped when there is neither */
  async existing(): Promise<OwnerAccount> {
    try {
      return await this.opened();
    } catch (error) {
      const [first] = error instanceof ContractFault ? [] : (await this.listed()).accounts;
      if (first === undefined) throw error;
      return first;
    }
  }

  async listed(): Promise<{ answer: HttpResponse; accounts: OwnerAccount[] }> {
    const answer = await this.sendFor(200, 'GET', ACCOUNTS);
    if (!Array.isArray(answer.json)) this.fail(answer, 'a bare array', answer.text);
    const accounts = answer.json.map((item) => ({
      answer,
      json: isObject(item) ? item : {},
      id: isObject(item) ? asText(item.id) : '',
      currency: isObject(item) ? asText(item.currency) : '',
    }));
    return { answer, accounts };
  }

  /** A currency that was not tried yet, and in which the owner has no account. @throws Skipped when there is none */
  async nextFree(): Promise<string> {
    const free = await this.findFree();
    if (free === null) throw this.noneLeft();
    return free;
  }

  private async findFree(): Promise<string | null> {
    const held = await this.held();
    const free = this.candidates.find((currency) => !held.has(currency) && !this.tried.has(currency));
    if (free === undefined) return null;
    this.tried.add(free);
    return free;
  }

  private noneLeft(): Skipped {
    const what = 'a currency in which the owner has no account and may open one';
    return new Skipped(`needs ${what}: none left of ${this.candidates.join()}`);
  }

  private get candidates(): readonly string[] {
    return this.currencies ?? CURRENCIES;
  }

  /** Currencies in which the owner has an account. A failure to read the list is reported by the checks of the list. */
  private async held(): Promise<Set<string>> {
    return this.once('the currencies held', async () => {
      const { status, json } = await this.send('GET', ACCOUNTS);
      const items = status === 200 && Array.isArray(json) ? json : [];
      return new Set(items.map((item) => (isObject(item) ? asText(item.currency) : '')));
    });
  }

  private toAccount(answer: HttpResponse, currency: string): OwnerAccount {
    if (!isObject(answer.json)) this.fail(answer, 'an account', answer.text);
    return { answer, json: answer.json, id: asText(answer.json.id), currency };
  }
}

function toHeaders({ apiKey, apiSecret }: KeyPair): RequestHeaders {
  return { 'x-api-key': apiKey, 'x-api-secret': apiSecret };
}

function asText(json: Json | undefined): string {
  return typeof json === 'string' ? json : json === undefined ? 'without id' : JSON.stringify(json);
}
