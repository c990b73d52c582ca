import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AccountQueries, type AccountRecord } from '../accounts/reading/account-queries.service.js';
import { holderIdsOf, toAccountSummary } from '../accounts/reading/account-summary.js';
import type { ApprovalSummaries } from '../approvals/approval-summary.js';
import { ApprovalsService, type ApprovalView } from '../approvals/approvals.service.js';
import type { ApprovalRequest } from '../entities/approval-request.entity.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import type { Leg } from '../ledger/posted-transfer.js';
import { AppError } from '../shared/app-error.js';
import { MAX_AMOUNT_MINOR, toMajorNumber } from '../shared/money.js';
import { type TenantObject, tenantObjectOf, toTenantId } from '../shared/object-id.js';
import { type AccountMoney, amountIn, findMoney, invalid } from './amounts.js';
import { withoutLimit } from './posting-limits.service.js';
import { PostingService } from './posting.service.js';
import { SettlementAccounts } from './settlement-accounts.service.js';

/** A correction of an account's balance that one admin requests and another approves. */
export interface AdjustmentOrder {
  account: TenantObject;
  /** Seen from the account. */
  direction: 'credit' | 'debit';
  /** Major units. */
  amount: number;
  description: string | null;
  effectiveDate: string | null;
}

/** Manual corrections against the settlement account: requested by one admin, posted when another admin approves. */
@Injectable()
export class AdjustmentsService implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly queries: AccountQueries,
    private readonly transaction: IdempotentTransaction,
    private readonly approvals: ApprovalsService,
    private readonly posting: PostingService,
    private readonly settlement: SettlementAccounts,
  ) {}

  onModuleInit(): void {
    this.approvals.register('account.adjust', {
      lock: (tx, request) => this.lock(tx, request),
      execute: async (tx, request, audit) => {
        await this.posting.post(tx, {
          platformId: request.platformId,
          legs: [legOf(request)],
          audit: withoutLimit(audit),
        });
        return null;
      },
    });
  }

  /**
   * @throws AppError object_not_found, validation_failed for an amount that the currency cannot represent,
   *   balance_limit_exceeded
   */
  async request(
    order: AdjustmentOrder,
    { audit, claim }: IdempotentCommand<ApprovalView>,
  ): Promise<ApprovalView> {
    const { platformId, id } = order.account;
    const money = (await findMoney(this.dataSource.manager, platformId, [id])).get(id) as AccountMoney;
    if (money.channel === 'settlement') throw invalid('account', 'must be a customer’s', null);
    const amountMinor = amountIn(money, 'amount', order.amount);
    // Opened here because opening a settlement account needs a transaction of its own.
    const settlementAccountId = await this.settlement.idOf(platformId, money.currencyCode);
    const { direction, description, effectiveDate } = order;
    return this.transaction.run(claim, async (tx) => {
      await this.posting.lock(tx, platformId, [id, settlementAccountId]);
      const account = await this.queries.get(order.account, tx);
      return this.approvals.request(tx, {
        platformId,
        action: 'account.adjust',
        objectId: toTenantId('acc', platformId, id),
        alsoWatched: holderIdsOf(account),
        payload: {
          direction,
          amountMinor: String(amountMinor),
          settlementAccountId,
          description,
          effectiveDate,
        },
        summary: summaryOf(order, account, amountMinor),
        audit,
      });
    });
  }

  private async lock(tx: EntityManager, request: ApprovalRequest): Promise<void> {
    const { debitAccountId, creditAccountId } = legOf(request);
    await this.posting.lock(tx, request.platformId, [debitAccountId, creditAccountId]);
  }
}

interface AdjustmentPayload {
  direction: 'credit' | 'debit';
  amountMinor: string;
  settlementAccountId: string;
  description: string | null;
  effectiveDate: string | null;
}

function legOf({ platformId, id, objectId, payload }: ApprovalRequest): Leg {
  const account = tenantObjectOf('acc', objectId);
  const { direction, amountMinor, settlementAccountId, description, effectiveDate } =
    payload as AdjustmentPayload;
  const isCredit = direction === 'credit';
  return {
    kind: 'adjustment',
    debitAccountId: isCredit ? settlementAccountId : account.id,
    creditAccountId: isCredit ? account.id : settlementAccountId,
    amountMinor: BigInt(amountMinor),
    reference: null,
    description,
    effectiveDate,
    metadata: { approval: toTenantId('apr', platformId, id) },
  };
}

/** @throws AppError balance_limit_exceeded when the resulting balance is out of range */
function summaryOf(
  { direction, amount, description, effectiveDate }: AdjustmentOrder,
  account: AccountRecord,
  amountMinor: bigint,
): ApprovalSummaries['account.adjust'] {
  const { postedMinor, decimals, currencyCode } = account;
  const change = direction === 'credit' ? amountMinor : -amountMinor;
  const afterMinor = BigInt(postedMinor) + change;
  if (afterMinor >= MAX_AMOUNT_MINOR || afterMinor <= -MAX_AMOUNT_MINOR)
    throw new AppError('balance_limit_exceeded');
  return {
    account: toAccountSummary(account),
    direction,
    amount,
    currency: currencyCode,
    description,
    effectiveDate,
    before: { posted: toMajorNumber(BigInt(postedMinor), decimals) },
    after: { posted: toMajorNumber(afterMinor, decimals) },
  };
}
