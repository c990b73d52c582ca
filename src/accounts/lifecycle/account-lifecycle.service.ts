import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { adminIdOf, ApprovalsService, type ApprovalView } from '../../approvals/approvals.service.js';
import type { AuditContext } from '../../audit/audit-context.js';
import { AuditTrail } from '../../audit/audit-trail.service.js';
import { Account } from '../../entities/account.entity.js';
import { Admin } from '../../entities/admin.entity.js';
import { Balance } from '../../entities/balance.entity.js';
import { SYSTEM_PLATFORM_ID } from '../../entities/platform.entity.js';
import { Outbox } from '../../events/outbox.service.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../../idempotency/idempotent-transaction.service.js';
import { AppError } from '../../shared/app-error.js';
import { Clock } from '../../shared/clock.js';
import { type TenantObject, tenantObjectOf, toTenantId } from '../../shared/object-id.js';
import { lockBalances } from '../../ledger/balances.sql.js';
import { AccountQueries, type AccountRecord } from '../reading/account-queries.service.js';
import { toEventAccount } from '../account-events.js';
import { ACCOUNT_MACHINE, type AccountTransition, accountTransitionsIn } from './account-machine.js';
import { holderIdsOf, toAccountSummary } from '../reading/account-summary.js';

/** The result of a transition: the changed account, or an approval request. */
export type TransitionOutcome = { account: AccountRecord } | { approval: ApprovalView };

interface Command<View> extends IdempotentCommand<View> {
  account: TenantObject;
}

/** Account state transitions by admins: freeze, unfreeze, disable, enable, close, reopen. */
@Injectable()
export class AccountLifecycle implements OnModuleInit {
  constructor(
    private readonly transaction: IdempotentTransaction,
    private readonly queries: AccountQueries,
    private readonly approvals: ApprovalsService,
    private readonly trail: AuditTrail,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    for (const accountAct of ['reopen', 'unfreeze'] as const) {
      this.approvals.register(`account.${accountAct}`, {
        lock: (tx, request) => lock(tx, tenantObjectOf('acc', request.objectId)),
        execute: async (tx, request, audit) => {
          await this.move(tx, await lock(tx, tenantObjectOf('acc', request.objectId)), accountAct, audit);
          return null;
        },
      });
    }
  }

  /**
   * Applies the transition, or creates an approval request. An approval is needed to reopen an account, and to unfreeze
   * an account that another admin with the role `approver` has frozen.
   * @throws AppError object_not_found, transition_not_allowed, account_not_empty, account_exists when a closed account
   *   is reopened and a duplicate of it was opened since, approval_pending
   */
  async do(
    accountAct: AccountTransition,
    { account, audit, claim }: Command<TransitionOutcome>,
  ): Promise<TransitionOutcome> {
    return this.transaction.run<TransitionOutcome>(claim, async (tx) => {
      const row = await lock(tx, account);
      assertAllowed(row, accountAct);
      if (await this.needsApproval(tx, row, accountAct, audit))
        return { approval: await this.requestApproval(tx, account, accountAct as 'reopen', audit) };
      await this.move(tx, row, accountAct, audit);
      return { account: await this.queries.get(account, tx) };
    });
  }

  /**
   * Closes the account on its holder's request, in the given transaction.
   * @throws AppError transition_not_allowed, account_not_empty
   */
  async closeWithin(tx: EntityManager, account: TenantObject, audit: AuditContext): Promise<void> {
    await this.move(tx, await lock(tx, account), 'close', audit);
  }

  private async requestApproval(
    tx: EntityManager,
    account: TenantObject,
    accountAct: 'reopen' | 'unfreeze',
    audit: AuditContext,
  ): Promise<ApprovalView> {
    const { platformId, id } = account;
    const record = await this.queries.get(account, tx);
    const { status, statusReason, statusChangedAt } = record;
    const before = { status, statusReason, statusChangedAt: statusChangedAt?.toISOString() ?? null };
    const after = {
      status: ACCOUNT_MACHINE[accountAct].to,
      statusReason: audit.reason,
      statusChangedAt: null,
    };
    return this.approvals.request(tx, {
      platformId,
      action: `account.${accountAct}`,
      objectId: toTenantId('acc', platformId, id),
      alsoWatched: holderIdsOf(record),
      summary: { account: toAccountSummary(record), before, after },
      audit,
    });
  }

  private async needsApproval(
    tx: EntityManager,
    { frozenBy }: Account,
    accountAct: AccountTransition,
    audit: AuditContext,
  ): Promise<boolean> {
    if (accountAct === 'reopen') return true;
    if (accountAct !== 'unfreeze' || frozenBy === null || frozenBy === adminIdOf(audit)) return false;
    const freezer = await tx.findOneBy(Admin, { platformId: SYSTEM_PLATFORM_ID, id: frozenBy });
    return freezer?.role === 'approver';
  }

  private async move(
    tx: EntityManager,
    row: Account,
    accountAct: AccountTransition,
    audit: AuditContext,
  ): Promise<void> {
    const { platformId, id, status: before } = row;
    const status = assertAllowed(row, accountAct);
    if (accountAct === 'close') await assertEmpty(tx, row);
    const now = this.clock.now();
    await tx.update(
      Account,
      { platformId, id },
      {
        status,
        statusReason: audit.reason,
        statusChangedAt: now,
        updatedAt: now,
        frozenBy: accountAct === 'freeze' ? adminIdOf(audit) : null,
      },
    );
    const action = `account.${PAST_TENSE[accountAct]}` as const;
    const objectId = toTenantId('acc', platformId, id);
    await this.trail.append(tx, {
      platformId,
      action,
      objectId,
      audit,
      before: { status: before },
      after: { status },
    });
    const account = toEventAccount({ ...row, status });
    const data = { account, reason: audit.reason };
    await this.outbox.publish(tx, [{ platformId, type: action, objectId, data, occurredAt: now }]);
  }
}

const PAST_TENSE = {
  freeze: 'frozen',
  unfreeze: 'unfrozen',
  disable: 'disabled',
  enable: 'enabled',
  close: 'closed',
  reopen: 'reopened',
} as const satisfies Record<AccountTransition, string>;

/** The next state. @throws AppError transition_not_allowed */
function assertAllowed(account: Account, transition: AccountTransition): Account['status'] {
  const allowedActs = accountTransitionsIn(account);
  if (!allowedActs.includes(transition))
    throw new AppError('transition_not_allowed', { state: account.status, allowedActs });
  return ACCOUNT_MACHINE[transition].to;
}

/**
 * Lock order: the balance row, then the account row, as in every posting. No posting is in progress while the account's
 * state changes.
 */
async function lock(tx: EntityManager, { platformId, id }: TenantObject): Promise<Account> {
  await lockBalances(tx, platformId, [id]);
  const account = await tx.findOne(Account, {
    where: { platformId, id },
    lock: { mode: 'pessimistic_write' },
  });
  if (account === null) throw new AppError('object_not_found');
  return account;
}

/** @throws AppError account_not_empty */
async function assertEmpty(tx: EntityManager, { platformId, id }: Account): Promise<void> {
  const balance = await tx.findOneByOrFail(Balance, { platformId, accountId: id });
  if (balance.postedMinor !== '0' || balance.lockedMinor !== '0') throw new AppError('account_not_empty');
}
