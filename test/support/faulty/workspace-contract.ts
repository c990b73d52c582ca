import type { Makes } from './faults.js';
import { type Asked, now, type Told, Window } from './wire.js';

const DAYS_14_MS = 14 * 24 * 60 * 60 * 1000;
const PRODUCT_ID = 12;

interface Account {
  id: number;
  workspaceId: string;
  alias: string;
  at: string;
  amounts: number[];
}

/** The workspace API, implemented from its contract alone. */
export class WorkspaceContract {
  private readonly accounts: Account[] = [
    { id: 1, workspaceId: '456', alias: 'older', at: now(), amounts: [4250] },
  ];
  private readonly access = new Map([
    ['access-token-of-the-test', '456'],
    ['pending-token-of-the-test', '457'],
  ]);
  private refreshTokens = new Map([['refresh-token-of-the-test', '456']]);
  private readonly used = new Set<string>();
  private counter = 1;

  private readonly window = new Window();

  constructor(private readonly makes: Makes) {}

  async serve(asked: Asked): Promise<Told> {
    const token = /^Bearer (.+)$/.exec(asked.headers.authorization ?? '')?.[1] ?? '';
    const told = asked.path === '/sessions/tokens' ? this.exchange(token) : await this.bank(asked, token);
    return this.makes('workspace: a header repeats the token')
      ? { ...told, headers: { 'x-caller': token } }
      : told;
  }

  private async bank(asked: Asked, token: string): Promise<Told> {
    const isRefresh =
      this.refreshTokens.has(token) && this.makes('workspace: a refresh token is good for calls');
    const own = isRefresh ? '456' : this.access.get(token);
    if (own === undefined) return this.refuse(401);
    if (asked.path === '/products') return { status: 200, json: [this.product()] };
    const missing = this.makes('workspace: Workspace-ID may be missing') ? own : '';
    const workspaceId = asked.headers['workspace-id'] ?? missing;
    if (!/^[1-9]\d*$/.test(workspaceId)) return this.refuse(400);
    const isServed = this.makes('workspace: another workspace is served') && workspaceId === '457';
    if (workspaceId !== own && !isServed) return this.refuse(401);
    if (asked.method === 'POST') return this.open(asked, workspaceId);
    const all = this.makes('workspace: all workspaces are listed');
    const listed = this.accounts.filter((account) => all || account.workspaceId === workspaceId);
    return { status: 200, json: listed.map((account) => this.show(account)) };
  }

  private async open({ body }: Asked, workspaceId: string): Promise<Told> {
    const { productID, alias = '' } = body ?? {};
    const product = this.makes('workspace: a product may be text') ? Number(productID) : productID;
    const longest = this.makes('workspace: an alias may be long') ? Infinity : 100;
    if (product !== PRODUCT_ID) return this.refuse(400);
    if (typeof alias !== 'string' || Array.from(alias).length > longest || /\p{Cc}/u.test(alias))
      return this.refuse(400);
    if (workspaceId === '457' && !this.makes('workspace: KYC is ignored')) return this.refuse(400);
    const isTwin = (account: Account) => account.workspaceId === workspaceId && account.alias === alias;
    const isThere = this.accounts.some(isTwin);
    if (!isThere && this.makes('workspace: a race lets two through')) await this.window.wait();
    if (isThere) return this.refuse(this.makes('workspace: a duplicate is a 409') ? 409 : 400);
    const amounts = this.makes('workspace: a new account has no balance') ? [] : [0];
    const account = { id: ++this.counter, workspaceId, alias, at: now(), amounts };
    this.accounts.push(account);
    return { status: this.makes('workspace: an opening answers 201') ? 201 : 200, json: this.show(account) };
  }

  private exchange(token: string): Told {
    const workspaceId = this.refreshTokens.get(token);
    const isUsed = this.used.has(token) && !this.makes('workspace: a refresh token works twice');
    if (isUsed) this.refreshTokens = new Map();
    if (workspaceId === undefined || isUsed) return this.refuse(401);
    this.used.add(token);
    const number = ++this.counter;
    const [accessToken, value] = [
      `access-token-${number}-of-the-test`,
      `refresh-token-${number}-of-the-test`,
    ];
    this.access.set(accessToken, workspaceId);
    this.refreshTokens.set(value, workspaceId);
    const createdAt = now();
    const expiredAt = new Date(Date.parse(createdAt) + DAYS_14_MS).toISOString();
    const refreshToken = { id: number, value, createdAt, updatedAt: createdAt, expiredAt };
    return { status: 200, json: { accessToken, refreshToken } };
  }

  private currency(): object {
    return {
      id: 7,
      code: 'USD',
      name: 'US dollar',
      symbol: '$',
      decimals: 2,
      swiftMinimumWithdrawalAmount: '5000',
      createdAt: '2026-01-01T00:00:00Z',
      updatedAt: '2026-01-01T00:00:00Z',
    };
  }

  private product(): object {
    const times = { createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z' };
    const edges = this.makes('workspace: the product’s currency is missing')
      ? {}
      : { currency: this.currency() };
    return { id: PRODUCT_ID, name: 'US dollars', description: 'A current account', edges, ...times };
  }

  private show({ id, alias, at, amounts }: Account): object {
    const createdAt = this.makes('workspace: times have no zone') ? at.replace('Z', '') : at;
    const times = { createdAt, updatedAt: createdAt };
    const toAmount = (amount: number) =>
      this.makes('workspace: amounts are in major units') ? amount / 100 : amount;
    const balances = amounts.map((amount, index) => ({
      id: id * 10 + index,
      amount: toAmount(amount),
      ...times,
    }));
    return {
      id: this.makes('workspace: the id is text') ? String(id) : id,
      code: `GB${id}`,
      name: 'Ada Exports',
      alias,
      status: 'enabled',
      type: 'CACC',
      ...times,
      edges: { balances, currency: this.currency(), product: this.product() },
    };
  }

  private refuse(status: number): Told {
    if (this.makes('workspace: an error is the owner API’s'))
      return { status, json: { title: 'Refused', status } };
    return { status, json: { errorCode: 'invalid_request', message: 'Invalid request parameters' } };
  }
}
