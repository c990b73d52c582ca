import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ApprovalsService, type ApprovalView } from '../approvals/approvals.service.js';
import type { ActContext } from '../audit/act.js';
import type { ApprovalRequest } from '../entities/approval-request.entity.js';
import { type ActCommand, Acts } from '../idempotency/acts.service.js';
import type { Leg } from '../ledger/posted-transfer.js';
import { parseTenantId, type TenantObject, toTenantId } from '../shared/object-id.js';
import { type AccountMoney, amountIn, findMoney, invalid } from './amounts.js';
import { PostingService } from './posting.service.js';
import { SettlementAccounts } from './settlement-accounts.service.js';

/** An amount that one admin wants given to or taken from an account, and another must approve. */
export interface AdjustmentOrder {
  account: TenantObject;
  /** What is done to the account. */
  direction: 'credit' | 'debit';
  /** Major units. */
  amount: number;
  description: string | null;
  effectiveDate: string | null;
}

/** Corrections by hand, against the settlement account: asked for by one admin, posted when another approves. */
@Injectable()
export class AdjustmentsService implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly acts: Acts,
    private readonly approvals: ApprovalsService,
    private readonly posting: PostingService,
    private readonly settlement: SettlementAccounts,
  ) {}

  onModuleInit(): void {
    this.approvals.onApproved('account.adjust', (tx, request, act) => this.post(tx, request, act));
  }

  /** @throws AppError object_not_found, validation_failed for an amount its currency cannot hold */
  async request(order: AdjustmentOrder, { act, claim }: ActCommand<ApprovalView>): Promise<ApprovalView> {
    const { account, direction, description, effectiveDate } = order;
    const { platformId, id } = account;
    const money = (await findMoney(this.dataSource.manager, platformId, [id])).get(id) as AccountMoney;
    if (money.channel === 'settlement') throw invalid('account', 'must be a customer’s', null);
    const amountMinor = String(amountIn(money, 'amount', order.amount));
    // Made now: inside the approval's transaction it could not be.
    const settlementAccountId = await this.settlement.idOf(platformId, money.currencyCode);
    const payload = { direction, amountMinor, currency: money.currencyCode, description, effectiveDate };
    return this.acts.run(claim, (tx) =>
      this.approvals.request(tx, {
        ...{ platformId, action: 'account.adjust', objectId: toTenantId('acc', platformId, id), act },
        payload: { ...payload, settlementAccountId },
      }),
    );
  }

  private async post(
    tx: EntityManager,
    { id, objectId, payload }: ApprovalRequest,
    act: ActContext,
  ): Promise<void> {
    const account = parseTenantId('acc', objectId);
    const { settlementAccountId, amountMinor } = payload;
    if (account === null || !settlementAccountId || !amountMinor)
      throw new Error(`${objectId} is not an account`);
    const { platformId } = account;
    const isCredit = payload.direction === 'credit';
    const leg: Leg = {
      kind: 'adjustment',
      debitAccountId: isCredit ? settlementAccountId : account.id,
      creditAccountId: isCredit ? account.id : settlementAccountId,
      amountMinor: BigInt(amountMinor),
      reference: null,
      description: payload.description ?? null,
      effectiveDate: payload.effectiveDate ?? null,
      metadata: { approval: toTenantId('apr', platformId, id) },
    };
    await this.posting.post(tx, { platformId, legs: [leg], act });
  }
}
