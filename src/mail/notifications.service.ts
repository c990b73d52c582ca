import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EventDispatcher } from '../events/event-dispatcher.service.js';
import type { StoredEvent } from '../events/event-types.js';
import { parseTenantId } from '../shared/object-id.js';
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

/** Uses the account’s current list of addresses, not the one at the time of the event. */
const FUNDING_SQL = `SELECT a.id AS key, a.display_name AS "displayName", currency.decimals,
    a.funding_notification_emails AS recipients
  FROM accounts a JOIN currencies currency ON currency.code = a.currency_code
  WHERE a.platform_id = $1::bigint AND a.id = ANY($2::bigint[]) AND a.funding_notification_emails <> '{}'`;

/** An alert that was deleted meanwhile has no recipients. */
const ALERTS_SQL = `SELECT alert.id AS key, a.display_name AS "displayName", currency.decimals,
    alert.emails AS recipients
  FROM low_balance_alerts alert
  JOIN accounts a ON a.platform_id = alert.platform_id AND a.id = alert.account_id
  JOIN currencies currency ON currency.code = a.currency_code
  WHERE alert.platform_id = $1::bigint AND alert.id = ANY($2::uuid[])`;

/** Creates e-mails for events: one per recipient, so that recipients do not see each other's addresses. */
@Injectable()
export class Notifications implements OnModuleInit {
  constructor(
    private readonly dispatcher: EventDispatcher,
    private readonly queue: EmailQueue,
  ) {}

  onModuleInit(): void {
    this.dispatcher.onEvents((tx, events) => this.consume(tx, events));
  }

  private async consume(tx: EntityManager, events: readonly StoredEvent[]): Promise<void> {
    const platformId = events[0]?.platformId ?? '';
    const accounts = await find(tx, FUNDING_SQL, platformId, events.map(fundedAccountOf));
    const alerts = await find(tx, ALERTS_SQL, platformId, events.map(alertIdOf));
    const emails = events.flatMap((event) => [
      ...(isFunding(event) ? toEmails(event, accounts.get(fundedAccountOf(event) ?? ''), fundingEmail) : []),
      ...(isLowBalance(event) ? toEmails(event, alerts.get(event.data.alert.id), lowBalanceEmail) : []),
    ]);
    await this.queue.enqueue(tx, platformId, emails);
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

async function find(
  tx: EntityManager,
  sql: string,
  platformId: string,
  keys: readonly (string | null)[],
): Promise<ReadonlyMap<string, Addressed>> {
  const known = [...new Set(keys.filter((key) => key !== null))];
  if (known.length === 0) return new Map();
  const rows = await tx.query<(Addressed & { key: string })[]>(sql, [platformId, known]);
  return new Map(rows.map((row) => [row.key, row]));
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
