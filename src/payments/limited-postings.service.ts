import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditContext } from '../audit/audit-context.js';
import { AccountQueries, type AccountRecord } from '../accounts/reading/account-queries.service.js';
import { holderIdsOf, toAccountSummary } from '../accounts/reading/account-summary.js';
import type { LegSummary } from '../approvals/approval-summary.js';
import { ApprovalsService, type ApprovalView } from '../approvals/approvals.service.js';
import { TransferQueries, type TransferRecord } from '../ledger/reports/transfer-queries.service.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import type { Claim } from '../idempotency/idempotency.service.js';
import { AppError } from '../shared/app-error.js';
import { toMajorNumber } from '../shared/money.js';
import { type TenantObject, tenantObjectOf, toTenantId } from '../shared/object-id.js';
import { withoutLimit } from './posting-limits.service.js';
import { PostingService } from './posting.service.js';
import { type ReversalDetails, ReversalsService } from './reversals.service.js';
import {
  type OutsideOrder,
  toPostingOrder,
  type TransferOrder,
  TransfersService,
} from './transfers.service.js';

/** The posted transfers, or the approval request that was created instead. */
export type PostingOutcome<Posted> = { posted: Posted } | { approval: ApprovalView };

type Command<Posted> = IdempotentCommand<PostingOutcome<Posted>>;

/** One leg as it is shown to the approver. */
type ShownLeg = Omit<LegSummary, 'from' | 'to'> & { from: TenantObject; to: TenantObject };

interface NewRequest {
  action: 'transfer.post' | 'transfer.reverse';
  platformId: string;
  /** The transfer to reverse. Absent for other postings: the first account of a customer is used. */
  objectId?: string;
  payload: object;
  legs: readonly ShownLeg[];
}

/** Postings by admins. A posting above the limit of the admin's role becomes an approval request. */
@Injectable()
export class LimitedPostings implements OnModuleInit {
  constructor(
    private readonly transaction: IdempotentTransaction,
    private readonly approvals: ApprovalsService,
    private readonly transfers: TransfersService,
    private readonly reversals: ReversalsService,
    private readonly posting: PostingService,
    private readonly accounts: AccountQueries,
    private readonly queries: TransferQueries,
  ) {}

  onModuleInit(): void {
    this.approvals.register('transfer.post', {
      lock: (tx, { platformId, payload }) =>
        this.posting.lock(tx, platformId, toPostingOrder(ordersOf(payload), noPath).accountIds),
      execute: async (tx, { platformId, payload }, audit) => {
        const order = toPostingOrder(ordersOf(payload), noPath);
        const opened = await this.posting.lock(tx, platformId, order.accountIds);
        const { legs } = order.plan(opened.parties, []);
        await this.posting.postWithin(tx, opened, { legs, audit: withoutLimit(audit) });
        return null;
      },
    });
    this.approvals.register('transfer.reverse', {
      lock: (tx, request) => this.reversals.lock(tx, tenantObjectOf('trf', request.objectId)),
      execute: async (tx, request, audit) => {
        const details = request.payload as ReversalDetails;
        await this.reversals.reverseWithin(
          tx,
          tenantObjectOf('trf', request.objectId),
          details,
          withoutLimit(audit),
        );
        return null;
      },
    });
  }

  async deposit(
    order: OutsideOrder,
    command: Command<TransferRecord>,
  ): Promise<PostingOutcome<TransferRecord>> {
    return this.transfer(await this.transfers.toDeposit(order), command);
  }

  async withdraw(
    order: OutsideOrder,
    command: Command<TransferRecord>,
  ): Promise<PostingOutcome<TransferRecord>> {
    return this.transfer(await this.transfers.toWithdrawal(order), command);
  }

  async transfer(
    order: TransferOrder,
    command: Command<TransferRecord>,
  ): Promise<PostingOutcome<TransferRecord>> {
    const post = (inner: IdempotentCommand<TransferRecord>): Promise<TransferRecord> =>
      this.transfers.transfer(order, inner);
    return this.postOrRequest(post, () => this.toPosting([order]), command);
  }

  async journal(
    orders: readonly TransferOrder[],
    command: Command<TransferRecord[]>,
  ): Promise<PostingOutcome<TransferRecord[]>> {
    const post = (inner: IdempotentCommand<TransferRecord[]>): Promise<TransferRecord[]> =>
      this.transfers.journal(orders, inner);
    return this.postOrRequest(post, () => this.toPosting(orders), command);
  }

  async reverse(
    transfer: TenantObject,
    details: ReversalDetails,
    command: Command<TransferRecord[]>,
  ): Promise<PostingOutcome<TransferRecord[]>> {
    const post = (inner: IdempotentCommand<TransferRecord[]>): Promise<TransferRecord[]> =>
      this.reversals.reverse(transfer, details, inner);
    return this.postOrRequest(post, () => this.toReversal(transfer, details), command);
  }

  private async postOrRequest<Posted>(
    post: (command: IdempotentCommand<Posted>) => Promise<Posted>,
    toRequest: () => Promise<NewRequest>,
    { audit, claim }: Command<Posted>,
  ): Promise<PostingOutcome<Posted>> {
    try {
      return { posted: await post({ audit, claim: claimOfPosted(claim) }) };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'posting_limit_exceeded') throw error;
    }
    const request = await toRequest();
    return this.transaction.run<PostingOutcome<Posted>>(claim, async (tx) => ({
      approval: await this.request(tx, request, audit),
    }));
  }

  private async request(
    tx: EntityManager,
    { action, platformId, objectId, payload, legs }: NewRequest,
    audit: AuditContext,
  ): Promise<ApprovalView> {
    const ids = [...new Set(legs.flatMap(({ from, to }) => [from.id, to.id]))];
    await this.posting.lock(tx, platformId, ids);
    const records = new Map<string, AccountRecord>();
    for (const id of ids) records.set(id, await this.accounts.get({ platformId, id }, tx));
    // Settlement accounts are not watched: they cannot change, and their balance is irrelevant to the approval.
    const owned = [...records.values()].filter(({ channel }) => channel !== 'settlement');
    const watched = owned.flatMap((record) => [
      toTenantId('acc', platformId, record.id),
      ...holderIdsOf(record),
    ]);
    const [object = '', ...alsoWatched] = [
      ...(objectId === undefined ? [] : [objectId]),
      ...new Set(watched),
    ];
    const shown = legs.map((leg): LegSummary => ({
      ...leg,
      from: toAccountSummary(recordOf(records, leg.from)),
      to: toAccountSummary(recordOf(records, leg.to)),
    }));
    const common = { platformId, objectId: object, alsoWatched, payload, audit };
    return action === 'transfer.post'
      ? this.approvals.request(tx, { ...common, action, summary: { legs: shown } })
      : this.approvals.request(tx, { ...common, action, summary: { transfer: object, legs: shown } });
  }

  private async toPosting(orders: readonly TransferOrder[]): Promise<NewRequest> {
    const platformId = orders[0]?.from.platformId ?? '';
    const currencies = await this.currenciesOf(orders);
    const legs = orders.map(({ from, to, amount, reference, description, effectiveDate }) => ({
      from,
      to,
      amount,
      currency: currencies.get(from.id) ?? '',
      reference,
      description,
      effectiveDate,
    }));
    return { action: 'transfer.post', platformId, payload: { orders }, legs };
  }

  private async toReversal(transfer: TenantObject, details: ReversalDetails): Promise<NewRequest> {
    const { platformId, id } = transfer;
    const { journalId } = await this.queries.get(transfer);
    const originals = await this.queries.journal({ platformId, id: journalId });
    const legs = originals.reverse().map((original) => ({
      from: { platformId, id: original.creditAccountId },
      to: { platformId, id: original.debitAccountId },
      amount: toMajorNumber(BigInt(original.amountMinor), original.decimals),
      currency: original.currencyCode,
      reference: null,
      description: details.description,
      effectiveDate: null,
    }));
    return {
      action: 'transfer.reverse',
      platformId,
      objectId: toTenantId('trf', platformId, id),
      payload: details,
      legs,
    };
  }

  private async currenciesOf(orders: readonly TransferOrder[]): Promise<Map<string, string>> {
    const currencies = new Map<string, string>();
    for (const { from } of orders)
      if (!currencies.has(from.id)) currencies.set(from.id, (await this.accounts.get(from)).currencyCode);
    return currencies;
  }
}

const noPath = (): string => '';

function ordersOf(payload: object): TransferOrder[] {
  return (payload as { orders: TransferOrder[] }).orders;
}

function recordOf(records: ReadonlyMap<string, AccountRecord>, { id }: TenantObject): AccountRecord {
  const record = records.get(id);
  if (record === undefined) throw new Error(`account ${id} was not read`);
  return record;
}

/** Adapts the claim of the outcome to the posting, so that both outcomes store their response under the same key. */
function claimOfPosted<Posted>(claim: Claim<PostingOutcome<Posted>> | null): Claim<Posted> | null {
  return claim === null
    ? null
    : { ...claim, storedResponseOf: (posted) => claim.storedResponseOf({ posted }) };
}
