import { randomBytes } from 'node:crypto';
import type { Makes } from './faults.js';
import { type Asked, major, type Told, Window } from './wire.js';

const CURRENCIES = ['ZAR', 'USD', 'EUR', 'GBP', 'BTC'];
const KEYS: Record<string, { secret: string; isApproved: boolean }> = {
  'owner-key-of-the-test': { secret: 'owner-secret-of-the-test', isApproved: true },
  'pending-key-of-the-test': { secret: 'pending-secret-of-the-test', isApproved: false },
};

interface Account {
  id: unknown;
  currency: string;
  /** The payments received, in minor units. */
  paid: bigint[];
}

/** The owner API, implemented from its contract alone. */
export class OwnerContract {
  // Thirty cents in two payments: their sum is wrong in floating point.
  private readonly accounts: Account[] = [{ id: 'acc_8F4J2N', currency: 'GBP', paid: [10n, 20n] }];

  private readonly window = new Window();

  constructor(private readonly makes: Makes) {}

  async serve(asked: Asked): Promise<Told> {
    const { method, path, body } = asked;
    if (this.makes('owner: the body is looked at before the key') && method === 'POST' && body === null)
      return problem(400, 'unreadable');
    const refused = this.authenticate(asked);
    if (refused !== null) return refused;
    if (method === 'POST') return this.open(asked);
    const [, currency] = /\/currency\/(.+)$/.exec(path) ?? [];
    if (currency !== undefined)
      return this.found(this.accounts.find((account) => account.currency === currency.toUpperCase()));
    const [, id] = /\/accounts\/(.+)$/.exec(path) ?? [];
    if (id !== undefined) return this.found(this.accounts.find((account) => String(account.id) === id));
    const listed = this.makes('owner: the list forgets the newest')
      ? this.accounts.slice(0, -1)
      : this.accounts;
    const items = listed.map((account) => this.show(account));
    return { status: 200, json: this.makes('owner: the list is wrapped') ? { items } : items };
  }

  private authenticate({ headers }: Asked): Told | null {
    const { 'x-api-key': key = '', 'x-api-secret': secret } = headers;
    const known = KEYS[key];
    if (this.makes('owner: a missing secret is let in') && known?.isApproved && secret === undefined)
      return null;
    if (this.makes('owner: a wrong secret is told from an unknown key') && known && known.secret !== secret)
      return problem(401, 'wrong secret');
    const told = this.makes('owner: an error repeats the secret') ? ` (${secret ?? ''})` : '';
    if (known === undefined || known.secret !== secret) return problem(401, `credentials not known${told}`);
    return known.isApproved || this.makes('owner: KYC is ignored')
      ? null
      : problem(403, 'KYC is not approved');
  }

  private async open({ body }: Asked): Promise<Told> {
    const given = body?.currency;
    if (typeof given !== 'string' && this.makes('owner: a wrong type is a 500'))
      return problem(500, 'TypeError');
    if (typeof given !== 'string' || !/^[A-Za-z0-9]{3,10}$/.test(given))
      return problem(400, 'not a currency');
    const currency = this.makes('owner: the case of a code matters') ? given : given.toUpperCase();
    const isKnown = CURRENCIES.includes(currency.toUpperCase());
    if (!isKnown && this.makes('owner: an unknown currency is a 500'))
      return problem(500, 'no such currency');
    if (!isKnown && this.makes('owner: an error is a page'))
      return { status: 404, json: null, html: '<h1>Not found</h1>' };
    if (!isKnown && this.makes('owner: a 404 opens all the same')) this.add(currency);
    if (!isKnown) return problem(404, 'currency not available');
    const isHeld = this.accounts.some((account) => account.currency === currency);
    if (!isHeld && this.makes('owner: a race lets two through')) await this.window.wait();
    if (isHeld && !this.makes('owner: a duplicate is accepted')) return problem(409, 'account exists');
    const status = this.makes('owner: an opening answers 200') ? 200 : 201;
    return { status, json: this.show(this.add(currency)) };
  }

  private add(currency: string): Account {
    const random = `acc_${randomBytes(6).toString('hex').toUpperCase()}`;
    const id = this.makes('owner: the id is a number') ? this.accounts.length : random;
    const account = { id, currency, paid: [] };
    this.accounts.push(account);
    return account;
  }

  private found(account: Account | undefined): Told {
    return account === undefined
      ? problem(404, 'no such account')
      : { status: 200, json: this.show(account) };
  }

  private show({ id, currency, paid }: Account): object {
    const exact = major(paid.reduce((sum, minor) => sum + minor, 0n));
    const drifted = paid.reduce((sum, minor) => sum + Number(minor) / 100, 0);
    const balance = this.makes('owner: balances are added as floats') ? drifted : exact;
    return {
      id,
      currency,
      balance: this.makes('owner: balances are text') ? '0.30' : balance,
      ...(this.makes('owner: lockedBalance is missing') ? {} : { lockedBalance: 0 }),
    };
  }
}

/** The contract does not specify the body of an error. */
function problem(status: number, reason: string): Told {
  return { status, json: { reason } };
}
