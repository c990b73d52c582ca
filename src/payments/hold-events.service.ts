import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { toEventAccount } from '../accounts/account-events.js';
import type { AuditContext } from '../audit/audit-context.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import type { EventHold } from '../events/event-payloads.js';
import type { EventType } from '../events/event-types.js';
import { Outbox } from '../events/outbox.service.js';
import type { HoldRecord } from '../ledger/reports/hold-queries.service.js';
import { toMajorNumber } from '../shared/money.js';
import { toTenantId } from '../shared/object-id.js';
import { type Available, balanceDecreases, lowBalanceEvents } from './low-balance.js';
import { partyOf } from './parties.js';
import type { Opened } from './posting.service.js';

/** A change of a hold, with its actor. */
export interface HoldTransition {
  type: Extract<EventType, `hold.${string}`>;
  audit: AuditContext;
  /**
   * Available balance of the account before the change. `null`: the change does not reduce it, or the posting of the
   * capture publishes its low-balance events.
   */
  before: Available | null;
}

/** Appends changes of holds to the audit trail and publishes their events. */
@Injectable()
export class HoldEvents {
  constructor(
    private readonly trail: AuditTrail,
    private readonly outbox: Outbox,
  ) {}

  async tell(
    tx: EntityManager,
    { balances, parties }: Opened,
    hold: HoldRecord,
    { type, audit, before }: HoldTransition,
  ): Promise<void> {
    const { platformId, accountId } = hold;
    const account = toEventAccount(partyOf(parties, accountId));
    const described = toEventHold(hold);
    const objectId = toTenantId('hld', platformId, hold.id);
    await this.trail.append(tx, { platformId, action: type, objectId, audit, after: described });
    const low =
      before === null ? [] : (await lowBalanceEvents(tx, balanceDecreases(balances, parties, before))).flat();
    const data = { account, hold: described };
    const event = { platformId, type, objectId: account.id, data, occurredAt: balances.at };
    await this.outbox.publish(tx, [event, ...low]);
  }
}

function toEventHold(hold: HoldRecord): EventHold {
  const { platformId, id, currencyCode, decimals, status, expiresAt, reference, description, metadata } =
    hold;
  const major = (minor: string): number => toMajorNumber(BigInt(minor), decimals);
  return {
    id: toTenantId('hld', platformId, id),
    status,
    currency: currencyCode,
    amount: major(hold.amountMinor),
    captured: major(hold.capturedMinor),
    released: major(hold.releasedMinor),
    remaining: major(hold.remainingMinor),
    expiresAt: expiresAt?.toISOString() ?? null,
    reference,
    description,
    metadata,
  };
}
