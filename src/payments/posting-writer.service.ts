import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TransferQueries, type TransferRecord } from '../ledger/reports/transfer-queries.service.js';
import type { LockMode, BatchOutcome } from '../concurrency/batcher.js';
import { runPrepared } from '../database/prepared.js';
import type { NewEvent } from '../events/event-types.js';
import { ClaimLost, IdempotencyService } from '../idempotency/idempotency.service.js';
import { LedgerService, toLockedBalances, postLegs, savedBalances } from '../ledger/ledger.service.js';
import type { PostedTransfer } from '../ledger/posted-transfer.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { availableOf, type BalanceDecrease, balanceDecreases, lowBalanceEvents } from './low-balance.js';
import { lockAccountsSkipLocked } from './parties.js';
import { INSERT_POSTINGS, insertPostingsParameters } from './insert-postings.sql.js';
import { postedEvents } from './posting-events.js';
import { PostingLimits, type PostingLimitTable } from './posting-limits.service.js';
import type { PostingOrder } from './posting-order.js';
import { assertAllowed, debited, type Opened, postedEntry, PostingService } from './posting.service.js';

type Order = PostingOrder<unknown>;

/** An order that was applied to the balance sheet. `transfers` is empty when the order had been posted before. */
interface Done {
  order: Order;
  opened: Opened;
  transfers: readonly PostedTransfer[];
  decreases: readonly BalanceDecrease[];
  view: unknown;
}

/** The data that the decisions are based on. */
interface Read {
  /** By platform. */
  opened: ReadonlyMap<string, Opened>;
  /** Reserved transfer ids of each order. */
  ids: readonly string[][];
  /** Existing transfers, by platform and reference. */
  known: ReadonlyMap<string, TransferRecord>;
}

/**
 * Posts a batch of orders: locks the accounts, decides the orders one after the other in memory, writes all effects in
 * one statement, and then claims the idempotency keys.
 */
@Injectable()
export class PostingWriter {
  constructor(
    private readonly posting: PostingService,
    private readonly ledger: LedgerService,
    private readonly transfers: TransferQueries,
    private readonly idempotency: IdempotencyService,
    private readonly limits: PostingLimits,
    private readonly clock: Clock,
  ) {}

  /**
   * @param lockMode `skipLocked`: the outcome of an order with an account that another transaction has locked is
   *   `retrySingly`. `wait`: exactly one order, which waits for the locks.
   * @returns one outcome per order; errors are refusals
   * @throws ClaimLost when a concurrent request with the same idempotency key won
   */
  async post(
    tx: EntityManager,
    orders: readonly Order[],
    lockMode: LockMode,
  ): Promise<BatchOutcome<unknown>[]> {
    const { opened, ids, known } =
      lockMode === 'skipLocked' ? await this.readPipelined(tx, orders) : await this.readWaiting(tx, orders);
    for (const { audit } of orders) audit.watch?.lap('lock');
    const limits = await this.limits.current();
    const outcomes = orders.map((order, index): BatchOutcome<unknown> | Done => {
      const accounts = opened.get(order.platformId);
      if (accounts === undefined || !order.accountIds.every((id) => accounts.parties.has(id)))
        return lockMode === 'skipLocked' ? 'retrySingly' : { error: new AppError('object_not_found') };
      try {
        return decide({ order, opened: accounts, limits }, known, ids[index] ?? []);
      } catch (error) {
        return { error };
      }
    });
    const done = outcomes.filter((outcome) => isDone(outcome));
    await this.write(tx, [...opened.values()], done);
    await this.claim(tx, done);
    for (const { audit } of orders) audit.watch?.lap('write');
    return outcomes.map((outcome) => (isDone(outcome) ? { result: outcome.view } : outcome));
  }

  /** Pipelines the statements; PostgreSQL executes them in order, so existing transfers are read after the locks. */
  private async readPipelined(tx: EntityManager, orders: readonly Order[]): Promise<Read> {
    const reads = [this.lockFree(tx, orders), this.numbers(tx, orders), this.known(tx, orders)] as const;
    const [opened, ids, known] = await Promise.all(reads);
    return { opened, ids, known };
  }

  private async readWaiting(tx: EntityManager, orders: readonly Order[]): Promise<Read> {
    const opened = await this.waitFor(tx, orders);
    return { opened, ids: await this.numbers(tx, orders), known: await this.known(tx, orders) };
  }

  /** Reserves transfer ids for each order. */
  private async numbers(tx: EntityManager, orders: readonly Order[]): Promise<string[][]> {
    const ids = await this.ledger.nextIds(
      tx,
      orders.reduce((sum, { legCount }) => sum + legCount, 0),
    );
    return orders.map(({ legCount }) => ids.splice(0, legCount));
  }

  /** Locks the accounts that no other transaction has locked, by platform. */
  private async lockFree(tx: EntityManager, orders: readonly Order[]): Promise<Map<string, Opened>> {
    const now = this.clock.now();
    const wanted = new Map(
      orders.flatMap(({ platformId, accountIds }) =>
        accountIds.map((id) => [`${platformId} ${id}`, { platformId, id }] as const),
      ),
    );
    const rows = await lockAccountsSkipLocked(tx, [...wanted.values()], now);
    const byPlatform = Map.groupBy(rows, ({ platformId }) => platformId);
    return new Map(
      [...byPlatform].map(([platformId, locked]) => [
        platformId,
        {
          balances: toLockedBalances(platformId, locked, now),
          parties: new Map(locked.map((row) => [row.id, row])),
        },
      ]),
    );
  }

  /** Locks the accounts of one order and waits for transactions that hold their locks. */
  private async waitFor(tx: EntityManager, orders: readonly Order[]): Promise<Map<string, Opened>> {
    const [order] = orders;
    if (order === undefined || orders.length > 1) throw new Error('lock mode wait takes exactly one order');
    return new Map([[order.platformId, await this.posting.lock(tx, order.platformId, order.accountIds)]]);
  }

  /** Existing transfers that have a reference of one of the orders. Must be read after the accounts are locked. */
  private async known(tx: EntityManager, orders: readonly Order[]): Promise<Map<string, TransferRecord>> {
    const names = orders.flatMap(({ platformId, references }) =>
      references.map((reference) => ({ platformId, reference })),
    );
    const found = names.length === 0 ? [] : await this.transfers.findByReferences(names, tx);
    return new Map(found.map((record) => [`${record.platformId} ${record.reference ?? ''}`, record]));
  }

  private async write(tx: EntityManager, opened: readonly Opened[], done: readonly Done[]): Promise<void> {
    const posted = done.filter(({ transfers }) => transfers.length > 0);
    if (posted.length === 0) return;
    const low = await lowBalanceEvents(
      tx,
      posted.flatMap(({ decreases }) => decreases),
    );
    const parameters = insertPostingsParameters(this.clock.now(), {
      balances: opened.flatMap(({ balances }) => savedBalances(balances)),
      transfers: posted.flatMap(({ transfers }) => transfers),
      entries: posted.map(({ transfers, opened, order }) =>
        postedEntry(transfers, opened.parties, order.audit),
      ),
      events: eventsOf(posted, low),
    });
    await runPrepared(tx, INSERT_POSTINGS, parameters);
  }

  /** Last, because the responses are known only after the transfers. */
  private async claim(tx: EntityManager, done: readonly Done[]): Promise<void> {
    const answered = done.flatMap(({ order: { claim }, view }) =>
      claim === null ? [] : [{ request: claim, storedResponse: claim.storedResponseOf(view) }],
    );
    if (answered.length === 0) return;
    const claimed = await this.idempotency.claimMany(tx, answered);
    if (claimed.includes(false)) throw new ClaimLost();
  }
}

/** @throws AppError a refusal */
function decide(
  { order, opened, limits }: Pick<Done, 'order' | 'opened'> & { limits: PostingLimitTable },
  known: ReadonlyMap<string, TransferRecord>,
  ids: readonly string[],
): Done {
  const { balances, parties } = opened;
  const bearers = order.references.map((reference) => known.get(`${order.platformId} ${reference}`));
  const plan = order.plan(
    parties,
    bearers.filter((bearer) => bearer !== undefined),
  );
  if ('done' in plan) return { order, opened, transfers: [], decreases: [], view: plan.done };
  for (const leg of plan.legs) assertAllowed(leg, parties);
  limits.assertWithin(plan.legs, parties, order.audit);
  const before = availableOf(balances, debited(plan.legs));
  const transfers = postLegs(balances, plan.legs, ids);
  const decreases = balanceDecreases(balances, parties, before);
  return { order, opened, transfers, decreases, view: order.view(transfers, parties) };
}

function isDone(outcome: BatchOutcome<unknown> | Done): outcome is Done {
  return outcome !== 'retrySingly' && 'transfers' in outcome;
}

/** For each posting, its transfer events first, then its low-balance events. */
function eventsOf(posted: readonly Done[], low: readonly NewEvent[][]): NewEvent[] {
  let index = 0;
  return posted.flatMap(({ transfers, opened, decreases }) => {
    const crossings = low.slice(index, (index += decreases.length)).flat();
    return [...postedEvents(transfers, opened.balances, opened.parties), ...crossings];
  });
}
