import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { TransferKind } from '../entities/transfer.entity.js';
import { type ActCommand, Acts } from '../idempotency/acts.service.js';
import type { Leg, TransferDetails } from '../ledger/ledger.service.js';
import { TransferDirectory, type TransferRecord } from '../books/transfer-directory.service.js';
import { AppError } from '../shared/app-error.js';
import type { TenantObject } from '../shared/object-id.js';
import { type AccountMoney, amountIn, findMoney, invalid } from './amounts.js';
import { PostingService } from './posting.service.js';
import { SettlementAccounts } from './settlement-accounts.service.js';

/** One amount from one account to another. */
export interface TransferOrder extends TransferDetails {
  from: TenantObject;
  to: TenantObject;
  /** Major units. */
  amount: number;
}

/** One amount from or to the world outside. */
export interface OutsideOrder extends TransferDetails {
  account: TenantObject;
  /** Major units. */
  amount: number;
}

/**
 * Deposits, withdrawals, transfers and journals of several.
 *
 * All throw AppError object_not_found, validation_failed for an amount its currency cannot hold, and whatever
 * `PostingService.post` refuses.
 */
@Injectable()
export class TransfersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly acts: Acts,
    private readonly posting: PostingService,
    private readonly settlement: SettlementAccounts,
    private readonly directory: TransferDirectory,
  ) {}

  /** Money comes in from the world outside. */
  async deposit(order: OutsideOrder, command: ActCommand<TransferRecord>): Promise<TransferRecord> {
    const outside = await this.outsideOf(order.account);
    return this.one({ ...order, from: outside, to: order.account }, command);
  }

  /** Money goes out to the world outside. */
  async withdraw(order: OutsideOrder, command: ActCommand<TransferRecord>): Promise<TransferRecord> {
    const outside = await this.outsideOf(order.account);
    return this.one({ ...order, from: order.account, to: outside }, command);
  }

  async transfer(order: TransferOrder, command: ActCommand<TransferRecord>): Promise<TransferRecord> {
    return this.one(order, command);
  }

  /** Posts all of them one after the other, or none. */
  async journal(
    orders: readonly TransferOrder[],
    { act, claim }: ActCommand<TransferRecord[]>,
  ): Promise<TransferRecord[]> {
    const { platformId, legs } = await this.toLegs(orders, (index) => `transfers[${index}].`);
    return this.acts.run(claim, async (tx) => {
      const { transfers } = await this.posting.post(tx, { platformId, legs, act });
      return this.directory.journal({ platformId, id: transfers[0]?.journalId ?? '' }, tx);
    });
  }

  private async one(
    order: TransferOrder,
    { act, claim }: ActCommand<TransferRecord>,
  ): Promise<TransferRecord> {
    const { platformId, legs } = await this.toLegs([order], () => '');
    return this.acts.run(claim, async (tx) => {
      const { transfers } = await this.posting.post(tx, { platformId, legs, act });
      return this.directory.get({ platformId, id: transfers[0]?.id ?? '' }, tx);
    });
  }

  private async outsideOf({ platformId, id }: TenantObject): Promise<TenantObject> {
    const money = await findMoney(this.dataSource.manager, platformId, [id]);
    const { channel, currencyCode } = money.get(id) as AccountMoney;
    if (channel === 'settlement') throw invalid('account', 'must be a customer’s', null);
    return { platformId, id: await this.settlement.idOf(platformId, currencyCode) };
  }

  /**
   * What the ledger is to do for orders of one platform.
   * @param pathOf where in the request the order of this index stands
   * @throws AppError object_not_found, validation_failed, currency_mismatch
   */
  async toLegs(
    orders: readonly TransferOrder[],
    pathOf: (index: number) => string,
    on: EntityManager = this.dataSource.manager,
  ): Promise<{ platformId: string; legs: Leg[] }> {
    const platformId = orders[0]?.from.platformId ?? '';
    orders.forEach((order, index) => {
      assertTwoOfOne(platformId, order, pathOf(index));
    });
    const ids = orders.flatMap(({ from, to }) => [from.id, to.id]);
    const money = await findMoney(on, platformId, ids);
    const legs = orders.map(({ from, to, amount, ...details }, index): Leg => {
      const [debit, credit] = [money.get(from.id), money.get(to.id)] as [AccountMoney, AccountMoney];
      if (debit.currencyCode !== credit.currencyCode) throw new AppError('currency_mismatch');
      const { reference, description, effectiveDate, metadata } = details;
      return {
        ...{ kind: kindOf(debit, credit), debitAccountId: from.id, creditAccountId: to.id },
        amountMinor: amountIn(debit, `${pathOf(index)}amount`, amount),
        ...{ reference, description, effectiveDate, metadata },
      };
    });
    return { platformId, legs };
  }
}

/** Money that comes from or goes to the settlement account crosses the border of the platform. */
function kindOf(debit: AccountMoney, credit: AccountMoney): TransferKind {
  if (debit.channel === 'settlement') return 'deposit';
  return credit.channel === 'settlement' ? 'withdrawal' : 'transfer';
}

function assertTwoOfOne(platformId: string, { from, to }: TransferOrder, path: string): void {
  if (from.platformId !== platformId) throw invalid(`${path}from`, 'must be of the same platform', null);
  if (to.platformId !== platformId) throw invalid(`${path}to`, 'must be of the same platform', null);
  if (from.id === to.id) throw invalid(`${path}to`, 'must be another account', null);
}
