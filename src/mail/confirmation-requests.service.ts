import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { StoredEvent } from '../events/event-types.js';
import { Clock } from '../shared/clock.js';
import { parseTenantId } from '../shared/object-id.js';
import { addressKey, addressKeySql } from './address-key.js';
import { EmailLimits } from './email-limits.service.js';
import { EmailQueue, type NewEmail } from './email-queue.service.js';
import { confirmationEmail } from './email-templates.js';

/** An address to ask, with the event that leads to it. */
type Request = Pick<NewEmail, 'eventId' | 'objectId' | 'recipient'>;

const MAX_REQUESTS = 3;

/** Whether a known address may be asked again, now. */
const MAY_ASK = `known.status = 'unconfirmed' AND known.confirmations < ${MAX_REQUESTS}
    AND (known.confirmation_sent_at IS NULL
      OR known.confirmation_sent_at <= $2::timestamptz - interval '24 hours')`;

/** The addresses that the accounts of events name, and that are to be asked: each once, with its first event. */
const DUE_SQL = `SELECT DISTINCT ON (${addressKeySql('named.recipient')})
    event.id AS "eventId", event.object AS "objectId", named.recipient
  FROM unnest($3::bigint[], $4::text[], $5::bigint[]) AS event(id, object, account)
  CROSS JOIN LATERAL (
    SELECT unnest(a.funding_notification_emails) AS recipient FROM accounts a
    WHERE a.platform_id = $1::bigint AND a.id = event.account
    UNION ALL
    SELECT unnest(alert.emails) FROM low_balance_alerts alert
    WHERE alert.platform_id = $1::bigint AND alert.account_id = event.account
  ) named
  LEFT JOIN email_addresses known
    ON known.platform_id = $1::bigint AND known.address = ${addressKeySql('named.recipient')}
  WHERE known.id IS NULL OR ${MAY_ASK}
  ORDER BY ${addressKeySql('named.recipient')}, event.id`;

/** Writes down that addresses are asked. An address that was confirmed or unsubscribed meanwhile is not returned. */
const ASK_SQL = `INSERT INTO email_addresses AS known
    (platform_id, id, address, status, confirmations, confirmation_sent_at, created_at)
  SELECT $1::bigint, nextval('email_addresses_id_seq'), address, 'unconfirmed', 1, $2::timestamptz, $2::timestamptz
  FROM unnest($3::text[]) AS named(address)
  ON CONFLICT ON CONSTRAINT uq_email_addresses_address DO UPDATE
    SET confirmations = known.confirmations + 1, confirmation_sent_at = excluded.confirmation_sent_at
    WHERE ${MAY_ASK}
  RETURNING known.address`;

/**
 * Asks addresses to confirm that they want e-mails: callers choose the addresses, and their owners may know nothing of
 * the platform. An address is asked with the next event of an account that names it, in its list of funding
 * notifications or in an alert; once a day and three times at most.
 */
@Injectable()
export class ConfirmationRequests {
  constructor(
    private readonly queue: EmailQueue,
    private readonly limits: EmailLimits,
    private readonly clock: Clock,
  ) {}

  /** Queues the confirmation e-mails that events of one platform lead to. */
  async send(tx: EntityManager, platformId: string, events: readonly StoredEvent[]): Promise<void> {
    const due = await this.findDue(tx, platformId, events);
    const allowed = this.limits.within(platformId, due);
    if (allowed.length === 0) return;
    const asked = await tx.query<{ address: string }[]>(ASK_SQL, [
      ...[platformId, this.clock.now()],
      allowed.map(({ recipient }) => addressKey(recipient)),
    ]);
    const addresses = new Set(asked.map(({ address }) => address));
    const content = confirmationEmail();
    const emails = allowed
      .filter(({ recipient }) => addresses.has(addressKey(recipient)))
      .map((request) => ({ ...request, ...content }));
    await this.queue.enqueue(tx, platformId, emails);
  }

  private async findDue(
    tx: EntityManager,
    platformId: string,
    events: readonly StoredEvent[],
  ): Promise<Request[]> {
    const moved = firstEvents(events);
    if (moved.length === 0) return [];
    return tx.query<Request[]>(DUE_SQL, [
      ...[platformId, this.clock.now()],
      moved.map(({ id }) => id),
      moved.map(({ objectId }) => objectId),
      moved.map(({ account }) => account),
    ]);
  }
}

/** The first event of each account: an account with many events and many addresses is looked at once. */
function firstEvents(events: readonly StoredEvent[]): { id: string; objectId: string; account: string }[] {
  const accounts = new Map<string, { id: string; objectId: string; account: string }>();
  for (const { id, objectId } of events) {
    const account = parseTenantId('acc', objectId)?.id;
    if (account !== undefined && !accounts.has(account)) accounts.set(account, { id, objectId, account });
  }
  return [...accounts.values()];
}
