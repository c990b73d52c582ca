import { randomUUID } from 'node:crypto';
import type { Makes } from './faults.js';
import { PlatformAlerts } from './platform-alerts.js';
import { type FaultyAccount, PlatformBook, type FaultyRefusal } from './platform-book.js';
import { type Asked, now, type Told, Window } from './wire.js';

const IDENTIFIER = /^[-0-9a-zA-Z]{5,100}$/;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const EMOJI = /\p{RGI_Emoji}/v;
const CURRENCIES = ['AUD', 'CAD', 'EUR', 'GBP', 'USD'];

type Body = Record<string, unknown>;

/**
 * The platform API, implemented from its contract alone, with the token endpoint and the customers that clients need.
 */
export class PlatformContract {
  private readonly book: PlatformBook;
  private readonly alerts: PlatformAlerts;
  private readonly customers = new Map<
    string,
    { displayName: string; isApproved: boolean; createdAt: string }
  >([
    ['demo-group', { displayName: 'Demo group', isApproved: true, createdAt: now() }],
    ['pending-group', { displayName: 'Pending group', isApproved: false, createdAt: now() }],
  ]);

  private readonly window = new Window();

  constructor(private readonly makes: Makes) {
    this.book = new PlatformBook(makes);
    this.alerts = new PlatformAlerts(makes);
  }

  async serve(asked: Asked): Promise<Told> {
    if (asked.path === '/oauth/token') return this.sellToken(asked);
    if (!this.isKnown(asked.headers)) return this.refuse(asked, 401);
    const told = await this.route(asked);
    return typeof told === 'number' ? this.refuse(asked, told) : told;
  }

  private async route(asked: Asked): Promise<Told | FaultyRefusal> {
    const { method, path } = asked;
    if (path === '/raas/v2/transferFunds') return asked.body === null ? 400 : this.book.transfer(asked.body);
    if (path === '/raas/v2/accounts') return this.book.list(asked.query);
    const [, single] = /^\/raas\/v2\/accounts\/(.+)$/.exec(path) ?? [];
    if (single !== undefined) return this.book.get(single);
    const [, customer = '', rest = ''] = /^\/customers\/?([^/]*)(.*)$/.exec(path) ?? [];
    if (customer === '') return method === 'POST' ? this.create(asked) : this.listCustomers();
    if (!this.customers.has(customer) && method === 'POST')
      return this.makes('platform: an unknown customer is a 404') ? 404 : 403;
    if (!this.customers.has(customer)) return 404;
    if (rest === '') return { status: 200, json: this.showCustomer(customer) };
    return this.routeAccounts(asked, customer, rest);
  }

  private async routeAccounts(asked: Asked, customer: string, rest: string): Promise<Told | FaultyRefusal> {
    const { method, body, query } = asked;
    const [, identifier = '', inside = ''] = /^\/accounts\/?([^/]*)(.*)$/.exec(rest) ?? [];
    if (identifier === '')
      return method === 'POST' ? this.open(asked, customer) : this.book.list(query, customer);
    const account = this.book.find(identifier);
    if (account?.customer !== customer) return 404;
    if (inside !== '') return this.alerts.serve(method, inside, { account, body });
    return this.amend(account, body);
  }

  private async open({ body }: Asked, customer: string): Promise<Told | FaultyRefusal> {
    if (body === null || this.isBad(body)) return 400;
    const { currencyCode = this.makes('platform: the currency defaults to EUR') ? 'EUR' : 'USD' } = body;
    if (!CURRENCIES.includes(currencyCode as string)) return 400;
    const isApproved = this.customers.get(customer)?.isApproved === true;
    if (!isApproved && !this.makes('platform: KYC is ignored')) return 403;
    const isThere = this.book.find(body.accountIdentifier as string) !== undefined;
    if (!isThere && this.makes('platform: a race lets two through')) await this.window.wait();
    if (isThere) return 409;
    const account = this.book.add(customer, { ...body, currencyCode });
    return { status: 201, json: this.book.show(account) };
  }

  private amend(account: FaultyAccount, body: Body | null): Told | FaultyRefusal {
    const keeps = !this.makes('platform: PATCH clears what it does not name');
    const { accountIdentifier, displayName, contactEmail, fundingNotification } = this.book.show(account);
    const named = Object.entries(body ?? {}).filter(([, value]) => value !== null);
    const before = { displayName, contactEmail, ...(keeps ? { fundingNotification } : {}) };
    const after = { accountIdentifier, ...before, ...Object.fromEntries(named) };
    if (this.isBad(after)) return 400;
    const { displayName: name, contactEmail: email, fundingNotification: list } = after as FaultyAccount;
    const isCleared = body?.fundingNotification === null && this.makes('platform: null clears a list');
    Object.assign(account, {
      displayName: name,
      contactEmail: email,
      fundingNotification: isCleared ? [] : list,
    });
    return { status: 200, json: this.book.show(account) };
  }

  private create({ body }: Asked): Told | FaultyRefusal {
    const { customerIdentifier, displayName } = body ?? {};
    if (typeof customerIdentifier !== 'string' || !IDENTIFIER.test(customerIdentifier)) return 400;
    if (this.isBadName(displayName)) return 400;
    const names = [...this.customers.values()].map((one) => one.displayName);
    if (this.customers.has(customerIdentifier) || names.includes(displayName as string)) return 409;
    const customer = { displayName: displayName as string, isApproved: true, createdAt: now() };
    this.customers.set(customerIdentifier, customer);
    return { status: 201, json: this.showCustomer(customerIdentifier) };
  }

  private listCustomers(): Told {
    return { status: 200, json: [...this.customers.keys()].map((name) => this.showCustomer(name)) };
  }

  private showCustomer(customerIdentifier: string): object {
    const { displayName, createdAt } = this.customers.get(customerIdentifier) ?? {};
    const accounts = this.book.of(customerIdentifier).map((account) => this.book.show(account));
    return { customerIdentifier, displayName, status: 'active', createdAt, accounts };
  }

  private isBad({ accountIdentifier, displayName, contactEmail, fundingNotification = [] }: Body): boolean {
    if (typeof accountIdentifier !== 'string' || !IDENTIFIER.test(accountIdentifier)) return true;
    if (this.isBadName(displayName) || !isAddress(contactEmail)) return true;
    if (!Array.isArray(fundingNotification)) return true;
    return !fundingNotification.every((item: Body) => isAddress(item.emailAddress));
  }

  private isBadName(name: unknown): boolean {
    if (typeof name !== 'string' || (EMOJI.test(name) && !this.makes('platform: an emoji is accepted')))
      return true;
    const { length } = Array.from(name.trim());
    return length < 5 || length > 100;
  }

  private isKnown({
    authorization = '',
    'x-api-key': key,
    'x-api-secret': secret,
  }: Asked['headers']): boolean {
    const knowsKeys = !this.makes('platform: key headers are not known');
    if (knowsKeys && key === 'platform-key-of-the-test' && secret === 'platform-secret-of-the-test')
      return true;
    return authorization === 'Bearer bought-token-of-the-test' || isBasic(authorization);
  }

  private sellToken(asked: Asked): Told {
    if (!isBasic(asked.headers.authorization ?? '')) return this.refuse(asked, 401);
    if (new URLSearchParams(asked.raw).get('grant_type') !== 'client_credentials')
      return this.refuse(asked, 400);
    const token = {
      access_token: 'bought-token-of-the-test',
      token_type: 'Bearer',
      expires_in: 900,
      scope: '',
    };
    return { status: 200, json: token };
  }

  private refuse({ path }: Asked, status: number): Told {
    if (this.makes('platform: an error is the workspace API’s'))
      return { status, json: { errorCode: 'invalid_request', message: 'Refused' } };
    const httpCode = this.makes('platform: httpCode is wrong') ? 500 : status;
    const id = this.makes('platform: an error lacks requestId') ? {} : { requestId: randomUUID() };
    const words = { httpPhrase: 'Refused', i18nKey: `${status}.000`, message: 'The request was refused.' };
    return { status, json: { timestamp: now(), ...id, path, httpCode, ...words, errors: [] } };
  }
}

function isAddress(text: unknown): boolean {
  return typeof text === 'string' && text.length <= 100 && EMAIL.test(text);
}

function isBasic(authorization: string): boolean {
  const [scheme, encoded = ''] = authorization.split(' ');
  const decoded = Buffer.from(encoded, 'base64').toString();
  return scheme === 'Basic' && decoded === 'platform-key-of-the-test:platform-secret-of-the-test';
}
