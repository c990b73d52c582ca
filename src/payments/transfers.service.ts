import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { TransferKind } from '../entities/transfer.entity.js';
import type { TransferRecord } from '../ledger/reports/transfer-queries.service.js';
import type { IdempotentCommand } from '../idempotency/idempotent-transaction.service.js';
import type { Leg, PostedTransfer, TransferDetails } from '../ledger/posted-transfer.js';
import { AppError } from '../shared/app-error.js';
import type { TenantObject } from '../shared/object-id.js';
import { type AccountMoney, amountIn, findMoney, invalid } from './amounts.js';
import { BatchedPostings } from './batched-postings.service.js';
import { type Parties, type Party, partyOf } from './parties.js';
import type { PostingOrder } from './posting-order.js';
import { SettlementAccounts } from './settlement-accounts.service.js';

/** A transfer from one account to another of the same platform. */
export interface TransferOrder extends TransferDetails {
  from: TenantObject;
  to: TenantObject;
  /** Major units. */
  amount: number;
}

/** A deposit or withdrawal: the other account is the settlement account. */
export interface OutsideOrder extends TransferDetails {
  account: TenantObject;
  /** Major units. */
  amount: number;
}

/**
 * Deposits, withdrawals, transfers, and journals of several transfers.
 *
 * All throw AppError object_not_found, validation_failed for an amount that the currency cannot represent, and the
 * errors of `BatchedPostings.post`.
 */
@Injectable()
export class TransfersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly postings: BatchedPostings,
    private readonly settlement: SettlementAccounts,
  ) {}

  /** Debits the settlement account and credits the order's account. */
  async deposit(order: OutsideOrder, command: IdempotentCommand<TransferRecord>): Promise<TransferRecord> {
    return this.one(await this.toDeposit(order), command);
  }

  /** Debits the order's account and credits the settlement account. */
  async withdraw(order: OutsideOrder, command: IdempotentCommand<TransferRecord>): Promise<TransferRecord> {
    return this.one(await this.toWithdrawal(order), command);
  }

  /** A deposit is a transfer from the settlement account. */
  async toDeposit({ account, ...order }: OutsideOrder): Promise<TransferOrder> {
    return { ...order, from: await this.outsideOf(account), to: account };
  }

  async toWithdrawal({ account, ...order }: OutsideOrder): Promise<TransferOrder> {
    return { ...order, from: account, to: await this.outsideOf(account) };
  }

  async transfer(order: TransferOrder, command: IdempotentCommand<TransferRecord>): Promise<TransferRecord> {
    return this.one(order, command);
  }

  /** Posts all transfers in order, or none. */
  async journal(
    orders: readonly TransferOrder[],
    command: IdempotentCommand<TransferRecord[]>,
  ): Promise<TransferRecord[]> {
    return this.postings.post({
      ...toPostingOrder(orders, (index) => `transfers[${index}].`),
      ...command,
      view: toRecords,
    });
  }

  private async one(
    order: TransferOrder,
    command: IdempotentCommand<TransferRecord>,
  ): Promise<TransferRecord> {
    return this.postings.post(transferToPost(order, command));
  }

  private async outsideOf({ platformId, id }: TenantObject): Promise<TenantObject> {
    const money = await findMoney(this.dataSource.manager, platformId, [id]);
    const { channel, currencyCode } = money.get(id) as AccountMoney;
    if (channel === 'settlement') throw invalid('account', 'must be a customer’s', null);
    return { platformId, id: await this.settlement.idOf(platformId, currencyCode) };
  }
}

/** @throws AppError validation_failed unless the accounts are two different accounts of one platform */
export function transferToPost(
  order: TransferOrder,
  command: IdempotentCommand<TransferRecord>,
): PostingOrder<TransferRecord> {
  return {
    ...toPostingOrder([order], () => ''),
    ...command,
    view: (transfers, parties) => {
      const [record] = toRecords(transfers, parties);
      if (record === undefined) throw new Error('a posting returned no transfer');
      return record;
    },
  };
}

type WhatToPost = Pick<PostingOrder<unknown>, 'platformId' | 'accountIds' | 'references' | 'legCount'> & {
  plan: (parties: Parties, known: readonly TransferRecord[]) => { legs: Leg[] };
};

/**
 * @param pathOf path in the request of the order with this index
 * @throws AppError validation_failed unless the accounts of each order are two different accounts of one platform
 */
export function toPostingOrder(
  orders: readonly TransferOrder[],
  pathOf: (index: number) => string,
): WhatToPost {
  const platformId = orders[0]?.from.platformId ?? '';
  orders.forEach((order, index) => {
    assertTwoOfOne(platformId, order, pathOf(index));
  });
  return {
    platformId,
    accountIds: [...new Set(orders.flatMap(({ from, to }) => [from.id, to.id]))],
    references: orders.map(({ reference }) => reference).filter((reference) => reference !== null),
    legCount: orders.length,
    plan: (parties, known) => {
      const legs = orders.map((order, index) => toLeg(order, parties, pathOf(index)));
      if (known.length > 0) throw new AppError('reference_taken');
      return { legs };
    },
  };
}

/** @throws AppError currency_mismatch, validation_failed for an amount that the currency cannot represent */
function toLeg({ from, to, amount, ...details }: TransferOrder, parties: Parties, path: string): Leg {
  const [debit, credit] = [partyOf(parties, from.id), partyOf(parties, to.id)];
  if (debit.currencyCode !== credit.currencyCode) throw new AppError('currency_mismatch');
  const { reference, description, effectiveDate, metadata } = details;
  return {
    kind: kindOf(debit, credit),
    debitAccountId: from.id,
    creditAccountId: to.id,
    amountMinor: amountIn(debit, `${path}amount`, amount),
    reference,
    description,
    effectiveDate,
    metadata,
  };
}

/** The records of transfers that were just posted: not reversed, and without a hold. */
function toRecords(transfers: readonly PostedTransfer[], parties: Parties): TransferRecord[] {
  return transfers.map(({ amountMinor, debitPostedMinor, creditPostedMinor, ...transfer }) => ({
    ...transfer,
    decimals: partyOf(parties, transfer.debitAccountId).decimals,
    amountMinor: String(amountMinor),
    debitPostedMinor: String(debitPostedMinor),
    creditPostedMinor: String(creditPostedMinor),
    metadata: { ...transfer.metadata },
    reversesId: null,
    reversedById: null,
    holdId: null,
  }));
}

/** A transfer from the settlement account is a deposit, a transfer to it a withdrawal. */
function kindOf(debit: Pick<Party, 'channel'>, credit: Pick<Party, 'channel'>): TransferKind {
  if (debit.channel === 'settlement') return 'deposit';
  return credit.channel === 'settlement' ? 'withdrawal' : 'transfer';
}

function assertTwoOfOne(platformId: string, { from, to }: TransferOrder, path: string): void {
  if (from.platformId !== platformId) throw invalid(`${path}from`, 'must be of the same platform', null);
  if (to.platformId !== platformId) throw invalid(`${path}to`, 'must be of the same platform', null);
  if (from.id === to.id) throw invalid(`${path}to`, 'must be another account', null);
}
