import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditContext } from '../audit/audit-context.js';
import { type AuditRecord, AuditTrail } from '../audit/audit-trail.service.js';
import { Outbox } from '../events/outbox.service.js';
import { LedgerService, type LockedBalances } from '../ledger/ledger.service.js';
import type { Leg, PostedTransfer } from '../ledger/posted-transfer.js';
import { Clock } from '../shared/clock.js';
import { toMajorNumber } from '../shared/money.js';
import { toTenantId } from '../shared/object-id.js';
import { type Available, availableOf, balanceDecreases, lowBalanceEvents } from './low-balance.js';
import { assertMay, lockParties, type Parties, partyOf } from './parties.js';
import { postedEvents } from './posting-events.js';
import { PostingLimits } from './posting-limits.service.js';
import type { Side } from './posting-rules.js';

/** Money to be moved between accounts of one platform, all of it or none. */
export interface Posting {
  platformId: string;
  legs: readonly Leg[];
  audit: AuditContext;
}

/** The same on accounts that are locked already. */
type PostingWithin = Omit<Posting, 'platformId'> & {
  /** What the debited accounts had available before money of a hold was unlocked for this. */
  before?: Available;
};

/** Locked accounts with their holders. */
export interface Opened {
  balances: LockedBalances;
  parties: Parties;
}

/** Posted transfers and their parties. */
export interface Posted {
  transfers: PostedTransfer[];
  parties: Parties;
}

/** Moves money: rules, ledger, audit trail and events, within the transaction it is given. */
@Injectable()
export class PostingService {
  constructor(
    private readonly ledger: LedgerService,
    private readonly outbox: Outbox,
    private readonly trail: AuditTrail,
    private readonly limits: PostingLimits,
    private readonly clock: Clock,
  ) {}

  /** Locks accounts and those behind them. @throws AppError object_not_found when one does not exist */
  async lock(tx: EntityManager, platformId: string, accountIds: readonly string[]): Promise<Opened> {
    const ids = [...new Set(accountIds)];
    const balances = await this.ledger.lock(tx, platformId, ids);
    const parties = await lockParties(tx, { platformId, accountIds: ids, now: this.clock.now() });
    for (const id of ids) partyOf(parties, id);
    return { balances, parties };
  }

  /**
   * @throws AppError object_not_found, account_not_active, account_frozen, customer_suspended, debits_restricted,
   *   insufficient_funds, balance_limit_exceeded, currency_mismatch, reference_taken, posting_limit_exceeded
   */
  async post(tx: EntityManager, { platformId, legs, audit }: Posting): Promise<Posted> {
    const accountIds = legs.flatMap(({ debitAccountId, creditAccountId }) => [
      debitAccountId,
      creditAccountId,
    ]);
    return this.postWithin(tx, await this.lock(tx, platformId, accountIds), { legs, audit });
  }

  /** The same on accounts that are locked already, perhaps with money of a hold unlocked for it. */
  async postWithin(
    tx: EntityManager,
    { balances, parties }: Opened,
    { legs, audit, before = availableOf(balances, debited(legs)) }: PostingWithin,
  ): Promise<Posted> {
    for (const leg of legs) assertAllowed(leg, parties);
    (await this.limits.current()).assertWithin(legs, parties, audit);
    const transfers = await this.ledger.post(tx, balances, legs);
    const low = await lowBalanceEvents(tx, balanceDecreases(balances, parties, before));
    await this.outbox.publish(tx, [...postedEvents(transfers, balances, parties), ...low.flat()]);
    await this.trail.append(tx, postedEntry(transfers, parties, audit));
    return { transfers, parties };
  }
}

/** What the audit trail says of a posting: ids and amounts as the API shows them. */
export function postedEntry(
  transfers: readonly PostedTransfer[],
  parties: Parties,
  audit: AuditContext,
): AuditRecord {
  const [first] = transfers;
  if (first === undefined) throw new Error('a posting without a leg');
  return {
    platformId: first.platformId,
    action: `${first.kind}.posted`,
    audit,
    objectId: toTenantId('trf', first.platformId, first.id),
    after: { transfers: transfers.map((transfer) => describe(transfer, parties)) },
  };
}

export function debited(legs: readonly Leg[]): Set<string> {
  return new Set(legs.map(({ debitAccountId }) => debitAccountId));
}

/** @throws AppError of the first rule that a side of the leg breaks */
export function assertAllowed({ kind, debitAccountId, creditAccountId }: Leg, parties: Parties): void {
  const side = (usual: Side): Side => (kind === 'adjustment' ? 'adjust' : usual);
  assertMay(side('debit'), partyOf(parties, debitAccountId));
  assertMay(side('credit'), partyOf(parties, creditAccountId));
}

function describe(transfer: PostedTransfer, parties: Parties): object {
  const { platformId, id, kind, debitAccountId, creditAccountId, amountMinor, currencyCode, reference } =
    transfer;
  return {
    id: toTenantId('trf', platformId, id),
    kind,
    debit: toTenantId('acc', platformId, debitAccountId),
    credit: toTenantId('acc', platformId, creditAccountId),
    amount: toMajorNumber(amountMinor, partyOf(parties, debitAccountId).decimals),
    currency: currencyCode,
    reference,
  };
}
