import type { Makes } from './faults.js';
import { major, now, type Told } from './wire.js';

/** The status of a refusal. */
export type FaultyRefusal = 400 | 403 | 404 | 409;

export interface FaultyAccount {
  customer: string;
  accountIdentifier: string;
  accountNumber: string;
  displayName: string;
  contactEmail: string;
  currencyCode: string;
  fundingNotification: { emailAddress: string }[];
  createdAt: string;
  minor: bigint;
}

/** The accounts of the platform and their balances. */
export class PlatformBook {
  private readonly accounts: FaultyAccount[] = [];
  private readonly transfers = new Map<string, Told>();

  constructor(private readonly makes: Makes) {
    const accountIdentifier = 'funded-account';
    const names = { accountIdentifier, displayName: 'Funded account', contactEmail: 'ops@example.com' };
    this.add('demo-group', { ...names, currencyCode: 'USD' }).minor = 100_30n;
  }

  add(customer: string, body: Record<string, unknown>): FaultyAccount {
    const { displayName, contactEmail, currencyCode, fundingNotification = [] } = body;
    const given = body.accountIdentifier as string;
    const account = {
      ...({ displayName, contactEmail, currencyCode, fundingNotification } as FaultyAccount),
      customer,
      accountNumber: `A${1_000_000 + this.accounts.length}`,
      createdAt: now(),
      minor: 0n,
      accountIdentifier: this.makes('platform: the case of an identifier is kept')
        ? given
        : given.toLowerCase(),
    };
    this.accounts.push(account);
    return account;
  }

  find(identifier: string): FaultyAccount | undefined {
    const wanted = this.makes('platform: the case of an identifier matters')
      ? identifier
      : identifier.toLowerCase();
    return this.accounts.find((account) => account.accountIdentifier === wanted);
  }

  of(customer: string): FaultyAccount[] {
    return this.accounts.filter((account) => account.customer === customer);
  }

  get(identifier: string): Told | FaultyRefusal {
    const account = this.find(identifier);
    return account === undefined ? 404 : { status: 200, json: this.show(account) };
  }

  list(query: URLSearchParams, customer?: string): Told | FaultyRefusal {
    const [name, email] = [query.get('displayName'), query.get('contactEmail')];
    const all = customer === undefined ? this.accounts : this.of(customer);
    const found = all.filter(
      (account) =>
        (name === null || account.displayName === name) && (email === null || account.contactEmail === email),
    );
    if (query.get('paginate') !== 'true')
      return { status: 200, json: found.map((account) => this.show(account)) };
    const size = Number(query.get('maxResults') ?? 10);
    if (!Number.isInteger(size) || size < 1 || size > 200) return 400;
    return { status: 200, json: this.page(found, size, Number(query.get('cursor') ?? 0)) };
  }

  private page(found: readonly FaultyAccount[], size: number, start: number): object {
    const overlap = this.makes('platform: a page repeats an account') && start > 0 ? 1 : 0;
    const from = start - overlap;
    const items = found.slice(from, from + size).map((account) => this.show(account));
    const [hasPrevious, hasNext] = [start > 0, start + size < found.length];
    return {
      numberOfElements: items.length,
      maxResults: size,
      items,
      prevPageAvailable: hasPrevious,
      nextPageAvailable: hasNext,
      prevCursor: hasPrevious ? String(Math.max(0, start - size)) : null,
      nextCursor: hasNext ? String(start + size) : null,
    };
  }

  show({ minor, customer, ...account }: FaultyAccount): Record<string, unknown> {
    if (this.makes('platform: currentBalance is missing')) return { ...account, status: 'ACTIVE' };
    const isDrifted =
      this.makes('platform: balances are added as floats') && customer === 'demo-group' && minor > 0n;
    return {
      ...account,
      currentBalance: isDrifted ? 0.1 + 0.2 + 100 - 99.7 : major(minor),
      status: 'ACTIVE',
    };
  }

  transfer(body: Record<string, unknown>): Told | FaultyRefusal {
    const { transferFrom, transferTo, amount, externalRefID = null, transferNotes = null } = body;
    const known = this.transfers.get(externalRefID as string);
    if (known !== undefined && !this.makes('platform: a repeated transfer moves again')) return known;
    const least = this.makes('platform: nothing may be transferred') ? 0 : 1;
    const minor = typeof amount === 'number' ? Math.round(amount * 100) : NaN;
    if (typeof amount !== 'number' || !(minor >= least) || minor / 100 !== amount) return 400;
    if (typeof transferNotes === 'string' && transferNotes.length > 150) return 400;
    const [from, to] = [this.find(String(transferFrom)), this.find(String(transferTo))];
    if (from === undefined || to === undefined) return 404;
    if (from.minor < minor && !this.makes('platform: an account may be overdrawn')) return 409;
    const parties = { transferFrom: this.move(from, -minor), transferTo: this.move(to, minor) };
    const words = { transferDate: now(), transferredAmount: amount, transferNotes, externalRefID };
    const told = { status: 200, json: { ...words, ...parties } };
    if (externalRefID !== null) this.transfers.set(externalRefID as string, told);
    return told;
  }

  private move(account: FaultyAccount, minor: number): object {
    const before = account.minor;
    account.minor += BigInt(minor);
    const drifted = Number(before) / 100 + minor / 100;
    const isDrifted = this.makes('platform: a transfer is subtracted as floats');
    return {
      ...this.show(account),
      startingBalance: major(before),
      endingBalance: isDrifted ? drifted : major(account.minor),
    };
  }
}
