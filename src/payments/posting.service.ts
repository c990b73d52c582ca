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

/** Legs between accounts of one platform, posted all or none. */
export interface Posting {
  platformId: string;
  legs: readonly Leg[];
  audit: AuditContext;
}

/** A posting on accounts that are locked already. */
type PostingWithin = Omit<Posting, 'platformId'> & {
  /** Available balances of the debited accounts before a hold was unlocked for this posting. */
  before?: Available;
};

/** Locked balances, with their accounts and holders. */
export interface Opened {
  balances: LockedBalances;
  parties: Parties;
}

/** The written transfers and the accounts they moved money between. */
export interface Posted {
  transfers: PostedTransfer[];
  parties: Parties;
}

/** Posts legs within the given transaction: posting rules, limits, ledger, events and audit trail. */
@Injectable()
export class PostingService {
  constructor(
    private readonly ledger: LedgerService,
    private readonly outbox: Outbox,
    private readonly trail: AuditTrail,
    private readonly limits: PostingLimits,
    private readonly clock: Clock,
  ) {}

  /**
   * Locks the balances, then the accounts, then their holders.
   * @throws AppError object_not_found when an account does not exist
   */
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

  /** `post` on accounts that are locked already. For a capture, the hold's amount was unlocked before. */
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

/** The audit entry of a posting, with ids and amounts as in the API. */
export function postedEntry(
  transfers: readonly PostedTransfer[],
  parties: Parties,
  audit: AuditContext,
): AuditRecord {
  const [first] = transfers;
  if (first === undefined) throw new Error('a posting has no legs');
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

/** @throws AppError the refusal of the first rule that a side of the leg fails */
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
