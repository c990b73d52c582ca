import { randomUUID } from 'node:crypto';
import type { Makes } from './faults.js';
import type { FaultyAccount, FaultyRefusal } from './platform-book.js';
import { now, type Told } from './wire.js';

interface Alert {
  balanceAlertID: string;
  accountIdentifier: string;
  balanceAlertDisplayName: unknown;
}

/** The low-balance alerts of the platform’s accounts. */
export class PlatformAlerts {
  private alerts: Alert[] = [];

  constructor(private readonly makes: Makes) {}

  /** @param inside `/lowbalance` or `/lowbalance/<id>` */
  serve(
    method: string,
    inside: string,
    { account, body }: { account: FaultyAccount; body: Record<string, unknown> | null },
  ): Told | FaultyRefusal {
    const [, id] = /^\/lowbalance\/(.+)$/.exec(inside) ?? [];
    const own = this.alerts.filter(
      ({ accountIdentifier }) => accountIdentifier === account.accountIdentifier,
    );
    if (id === undefined && method === 'GET') return { status: 200, json: own };
    if (id === undefined) return this.create(account, own, body ?? {});
    const alert = own.find(({ balanceAlertID }) => balanceAlertID === id);
    if (alert === undefined) return 404;
    if (method === 'PATCH') Object.assign(alert, body);
    if (method === 'DELETE' && !this.makes('platform: an alert is never deleted'))
      this.alerts = this.alerts.filter((one) => one !== alert);
    return { status: 200, json: alert };
  }

  private create(
    account: FaultyAccount,
    own: readonly Alert[],
    body: Record<string, unknown>,
  ): Told | FaultyRefusal {
    const { balanceAlertDisplayName } = body;
    if (own.some((alert) => alert.balanceAlertDisplayName === balanceAlertDisplayName)) return 409;
    const { accountIdentifier, customer: customerIdentifier } = account;
    const ids = { balanceAlertID: randomUUID(), createdAt: now(), customerIdentifier, accountIdentifier };
    const alert = { ...body, ...ids, balanceAlertDisplayName };
    this.alerts.push(alert);
    return { status: 200, json: alert };
  }
}
