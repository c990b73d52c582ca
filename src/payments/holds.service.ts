import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { AuditContext } from '../audit/audit-context.js';
import { Hold } from '../entities/hold.entity.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import { captured, expired, type HoldAmounts, type HoldState, released } from '../ledger/hold.js';
import { HoldQueries, type HoldRecord } from '../ledger/reports/hold-queries.service.js';
import { LedgerService } from '../ledger/ledger.service.js';
import type { TransferDetails } from '../ledger/posted-transfer.js';
import { AppError } from '../shared/app-error.js';
import type { TenantObject } from '../shared/object-id.js';
import { type AccountMoney, amountIn, findMoney, invalid } from './amounts.js';
import { type HoldTransition, HoldEvents } from './hold-events.service.js';
import { availableOf } from './low-balance.js';
import { assertMay, partyOf } from './parties.js';
import { type Opened, PostingService } from './posting.service.js';
import { SettlementAccounts } from './settlement-accounts.service.js';

/** A hold to place. */
export interface HoldOrder {
  account: TenantObject;
  /** Major units. */
  amount: number;
  expiresAt: Date | null;
  reference: string | null;
  description: string | null;
  metadata: Readonly<Record<string, string>>;
}

/** A capture of a hold. */
export interface CaptureOrder extends TransferDetails {
  /** Major units; `null`: the remaining amount. */
  amount: number | null;
  /** The credited account; `null`: the settlement account. */
  to: TenantObject | null;
  /** Whether the remaining amount is released. */
  isFinal: boolean;
}

/** A hold with its locked account. */
interface Locked extends Opened {
  hold: Hold;
}

/** Two-phase payments: a hold locks an amount, which is then captured in part or whole, released, or expires. */
@Injectable()
export class HoldsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transaction: IdempotentTransaction,
    private readonly ledger: LedgerService,
    private readonly posting: PostingService,
    private readonly settlement: SettlementAccounts,
    private readonly holds: HoldQueries,
    private readonly events: HoldEvents,
  ) {}

  /**
   * @throws AppError object_not_found, validation_failed, insufficient_funds, account_not_active, account_frozen,
   *   customer_suspended, debits_restricted, reference_taken
   */
  async place(order: HoldOrder, { audit, claim }: IdempotentCommand<HoldRecord>): Promise<HoldRecord> {
    const { platformId, id: accountId } = order.account;
    const money = await this.moneyOf(order.account);
    if (money.channel === 'settlement') throw invalid('account', 'must be a customer’s', null);
    const amountMinor = amountIn(money, 'amount', order.amount);
    return this.transaction.run(claim, async (tx) => {
      const opened = await this.posting.lock(tx, platformId, [accountId]);
      const { balances, parties } = opened;
      if (order.expiresAt !== null && order.expiresAt <= balances.at)
        throw invalid('expiresAt', 'must be in the future', order.expiresAt);
      assertMay('debit', partyOf(parties, accountId));
      const before = availableOf(balances, [accountId]);
      balances.sheet.lock(accountId, amountMinor);
      const id = await this.insert(tx, order, { amountMinor, money, at: balances.at });
      await this.ledger.save(tx, balances);
      return this.told(tx, opened, { platformId, id }, { audit, before, type: 'hold.placed' });
    });
  }

  /**
   * @throws AppError object_not_found, validation_failed for more than the remaining amount, transition_not_allowed
   *   when the hold has ended, and the errors of `PostingService.post`
   */
  async capture(
    name: TenantObject,
    order: CaptureOrder,
    { audit, claim }: IdempotentCommand<HoldRecord>,
  ): Promise<HoldRecord> {
    const { platformId } = name;
    const { accountId, currencyCode, decimals } = await this.holds.get(name);
    if (order.to !== null && order.to.platformId !== platformId)
      throw invalid('to', 'must be of the same platform', null);
    if (order.to?.id === accountId) throw invalid('to', 'must be another account', null);
    const to = order.to?.id ?? (await this.settlement.idOf(platformId, currencyCode));
    const wanted =
      order.amount === null ? null : amountIn({ currencyCode, decimals }, 'amount', order.amount);
    return this.transaction.run(claim, async (tx) => {
      const locked = await this.lock(tx, name, [accountId, to]);
      const { hold, balances } = locked;
      assertActive(hold, balances.at);
      const amountMinor = wanted ?? BigInt(hold.remainingMinor);
      const state = captured(amountsOf(hold), assertRemains(hold, amountMinor), order.isFinal);
      const before = availableOf(balances, [accountId]);
      balances.sheet.unlock(accountId, BigInt(hold.remainingMinor) - state.remainingMinor);
      await this.update(tx, hold, state, balances.at);
      const { reference, description, effectiveDate, metadata } = order;
      const details = { reference, description: description ?? hold.description, effectiveDate, metadata };
      const leg = { debitAccountId: accountId, creditAccountId: to, amountMinor, holdId: hold.id };
      await this.posting.postWithin(tx, locked, {
        legs: [{ kind: 'capture', ...leg, ...details }],
        audit,
        before,
      });
      return this.told(tx, locked, name, { audit, before: null, type: 'hold.captured' });
    });
  }

  /** @throws AppError object_not_found, validation_failed for more than the remaining amount, transition_not_allowed */
  async release(
    name: TenantObject,
    amount: number | null,
    { audit, claim }: IdempotentCommand<HoldRecord>,
  ): Promise<HoldRecord> {
    const { accountId, currencyCode, decimals } = await this.holds.get(name);
    const wanted = amount === null ? null : amountIn({ currencyCode, decimals }, 'amount', amount);
    return this.transaction.run(claim, async (tx) => {
      const locked = await this.lock(tx, name, [accountId]);
      assertActive(locked.hold, locked.balances.at);
      const amountMinor = assertRemains(locked.hold, wanted ?? BigInt(locked.hold.remainingMinor));
      const state = released(amountsOf(locked.hold), amountMinor);
      return this.giveBack(tx, locked, state, { audit, type: 'hold.released' });
    });
  }

  /** Expires a due hold. Resolves to `false` when the hold is no longer active or not due. */
  async expireWithin(tx: EntityManager, name: TenantObject, audit: AuditContext): Promise<boolean> {
    const { accountId } = await this.holds.get(name, tx);
    const locked = await this.lock(tx, name, [accountId]);
    const { hold, balances } = locked;
    if (hold.status !== 'active' || hold.expiresAt === null || hold.expiresAt > balances.at) return false;
    await this.giveBack(tx, locked, expired(amountsOf(hold)), { audit, type: 'hold.expired' });
    return true;
  }

  private async giveBack(
    tx: EntityManager,
    locked: Locked,
    state: HoldState,
    told: { audit: AuditContext; type: 'hold.released' | 'hold.expired' },
  ): Promise<HoldRecord> {
    const { hold, balances } = locked;
    balances.sheet.unlock(hold.accountId, BigInt(hold.remainingMinor) - state.remainingMinor);
    await this.update(tx, hold, state, balances.at);
    await this.ledger.save(tx, balances);
    return this.told(tx, locked, hold, { ...told, before: null });
  }

  /** Reads the hold after a change, and records the change (HoldEvents). */
  private async told(
    tx: EntityManager,
    opened: Opened,
    { platformId, id }: TenantObject,
    told: HoldTransition,
  ): Promise<HoldRecord> {
    const record = await this.holds.get({ platformId, id }, tx);
    await this.events.tell(tx, opened, record, told);
    return record;
  }

  private async moneyOf({ platformId, id }: TenantObject): Promise<AccountMoney> {
    return (await findMoney(this.dataSource.manager, platformId, [id])).get(id) as AccountMoney;
  }

  /** Every change of a hold locks its account first, so the hold read after the lock is current. */
  private async lock(
    tx: EntityManager,
    { platformId, id }: TenantObject,
    accountIds: string[],
  ): Promise<Locked> {
    const opened = await this.posting.lock(tx, platformId, accountIds);
    return { ...opened, hold: await tx.findOneByOrFail(Hold, { platformId, id }) };
  }

  private async insert(
    tx: EntityManager,
    { account, expiresAt, reference, description, metadata }: HoldOrder,
    { amountMinor, money, at }: { amountMinor: bigint; money: AccountMoney; at: Date },
  ): Promise<string> {
    const [{ id }] = await tx.query<[{ id: string }]>(`SELECT nextval('holds_id_seq') AS id`);
    await tx.insert(Hold, {
      platformId: account.platformId,
      id,
      accountId: account.id,
      currencyCode: money.currencyCode,
      amountMinor: String(amountMinor),
      capturedMinor: '0',
      releasedMinor: '0',
      remainingMinor: String(amountMinor),
      status: 'active',
      expiresAt,
      reference,
      description,
      metadata: { ...metadata },
      createdAt: at,
      updatedAt: at,
    });
    return id;
  }

  private async update(
    tx: EntityManager,
    { platformId, id }: Hold,
    state: HoldState,
    at: Date,
  ): Promise<void> {
    const { status, capturedMinor, releasedMinor, remainingMinor } = state;
    await tx.update(
      Hold,
      { platformId, id },
      {
        status,
        updatedAt: at,
        capturedMinor: String(capturedMinor),
        releasedMinor: String(releasedMinor),
        remainingMinor: String(remainingMinor),
      },
    );
  }
}

/** A hold past its expiry counts as expired before HoldExpiry has processed it. */
function assertActive({ status, expiresAt }: Hold, now: Date): void {
  const state = status === 'active' && expiresAt !== null && expiresAt <= now ? 'expired' : status;
  if (state !== 'active') throw new AppError('transition_not_allowed', { state, allowedActs: [] });
}

function assertRemains({ remainingMinor }: Hold, amountMinor: bigint): bigint {
  if (amountMinor > BigInt(remainingMinor)) throw invalid('amount', 'is more than remains of the hold', null);
  return amountMinor;
}

function amountsOf({ capturedMinor, releasedMinor, remainingMinor }: Hold): HoldAmounts {
  return {
    capturedMinor: BigInt(capturedMinor),
    releasedMinor: BigInt(releasedMinor),
    remainingMinor: BigInt(remainingMinor),
  };
}
