import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EventDispatcher } from '../events/event-dispatcher.service.js';
import type { StoredEvent } from '../events/event-types.js';
import { Clock } from '../shared/clock.js';
import { parseTenantId } from '../shared/object-id.js';
import { ConfirmationRequests } from './confirmation-requests.service.js';
import { confirmedOf } from './confirmed-recipients.sql.js';
import { EmailLimits } from './email-limits.service.js';
import { EmailQueue, type NewEmail } from './email-queue.service.js';
import {
  fundingEmail,
  isFunding,
  isLowBalance,
  type EmailAccount,
  lowBalanceEmail,
} from './email-templates.js';

/** The recipients of an event's e-mail, with the account's data for the template. */
interface Addressed extends EmailAccount {
  recipients: string[];
}

/** With the id of the account or alert. */
type Keyed = Addressed & { key: string };

/** Uses the account’s current list of addresses, not the one at the time of the event; of it, the confirmed ones. */
const FUNDING_SQL = `SELECT a.id AS key, a.display_name AS "displayName", currency.decimals,
    ${confirmedOf('a.funding_notification_emails')} AS recipients
  FROM accounts a JOIN currencies currency ON currency.code = a.currency_code
  WHERE a.platform_id = $1::bigint AND a.id = ANY($2::bigint[]) AND a.funding_notification_emails <> '{}'`;

/**
 * The alerts that may send now, and marks them as notified. An alert that was deleted, was notified within the hour, or
 * has no confirmed address, is not among them.
 */
const ALERTS_SQL = `UPDATE low_balance_alerts alert SET notified_at = $3::timestamptz
  FROM accounts a JOIN currencies currency ON currency.code = a.currency_code
  WHERE alert.platform_id = $1::bigint AND alert.id = ANY($2::uuid[])
    AND (alert.notified_at IS NULL OR alert.notified_at <= $3::timestamptz - interval '1 hour')
    AND a.platform_id = alert.platform_id AND a.id = alert.account_id
    AND ${confirmedOf('alert.emails')} <> '{}'
  RETURNING alert.id AS key, a.display_name AS "displayName", currency.decimals,
    ${confirmedOf('alert.emails')} AS recipients`;

/**
 * Creates e-mails for events: one per confirmed recipient, so that recipients do not see each other's addresses. The
 * other recipients are asked to confirm.
 */
@Injectable()
export class Notifications implements OnModuleInit {
  constructor(
    private readonly dispatcher: EventDispatcher,
    private readonly queue: EmailQueue,
    private readonly limits: EmailLimits,
    private readonly confirmations: ConfirmationRequests,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.dispatcher.onEvents((tx, events) => this.consume(tx, events));
  }

  private async consume(tx: EntityManager, events: readonly StoredEvent[]): Promise<void> {
    const platformId = events[0]?.platformId ?? '';
    await this.confirmations.send(tx, platformId, events);
    const accounts = await this.fundedAccounts(tx, platformId, events);
    const alerts = await this.dueAlerts(tx, platformId, events);
    const emails = events.flatMap((event) => [
      ...(isFunding(event) ? toEmails(event, accounts.get(fundedAccountOf(event) ?? ''), fundingEmail) : []),
      ...(isLowBalance(event) ? toEmails(event, takeFrom(alerts, event.data.alert.id), lowBalanceEmail) : []),
    ]);
    await this.queue.enqueue(tx, platformId, this.limits.within(platformId, emails));
  }

  private async fundedAccounts(
    tx: EntityManager,
    platformId: string,
    events: readonly StoredEvent[],
  ): Promise<Map<string, Addressed>> {
    const ids = known(events.map(fundedAccountOf));
    return ids.length === 0 ? new Map() : byKey(await tx.query<Keyed[]>(FUNDING_SQL, [platformId, ids]));
  }

  private async dueAlerts(
    tx: EntityManager,
    platformId: string,
    events: readonly StoredEvent[],
  ): Promise<Map<string, Addressed>> {
    const ids = known(events.map(alertIdOf));
    if (ids.length === 0) return new Map();
    const [rows] = await tx.query<[Keyed[], number]>(ALERTS_SQL, [platformId, ids, this.clock.now()]);
    return byKey(rows);
  }
}

/** Id of the funded account; `null`: not a funding event. */
function fundedAccountOf(event: StoredEvent): string | null {
  return isFunding(event) ? (parseTenantId('acc', event.objectId)?.id ?? null) : null;
}

/** Id of the event's alert; `null`: not a low-balance event. */
function alertIdOf(event: StoredEvent): string | null {
  return isLowBalance(event) ? event.data.alert.id : null;
}

function known(keys: readonly (string | null)[]): string[] {
  return [...new Set(keys.filter((key) => key !== null))];
}

function byKey(rows: readonly Keyed[]): Map<string, Addressed> {
  return new Map(rows.map((row) => [row.key, row]));
}

/** Removes the alert, so that a later event of the same batch sends nothing. */
function takeFrom(alerts: Map<string, Addressed>, id: string): Addressed | undefined {
  const alert = alerts.get(id);
  alerts.delete(id);
  return alert;
}

function toEmails<Event extends StoredEvent>(
  event: Event,
  to: Addressed | undefined,
  write: (event: Event, holder: EmailAccount) => Omit<NewEmail, 'eventId' | 'objectId' | 'recipient'>,
): NewEmail[] {
  if (to === undefined) return [];
  const letter = write(event, to);
  return to.recipients.map((recipient) => ({
    ...letter,
    eventId: event.id,
    objectId: event.objectId,
    recipient,
  }));
}
