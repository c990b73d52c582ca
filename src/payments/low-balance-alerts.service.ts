import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { AuditContext } from '../audit/audit-context.js';
import { AuditTrail, changeOf } from '../audit/audit-trail.service.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import type { AccountStatus } from '../entities/account.entity.js';
import { LowBalanceAlert } from '../entities/low-balance-alert.entity.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { isIdentifier } from '../shared/identifier.js';
import { toTenantId } from '../shared/object-id.js';
import { amountIn, invalid } from './amounts.js';

/** An account, addressed by customer and account identifier. */
export interface AlertedAccount {
  platformId: string;
  customerId: string;
  /** In any case. */
  accountIdentifier: string;
}

/** Identifies one alert of an account. */
export interface AlertName {
  account: AlertedAccount;
  /** A uuid. */
  id: string;
}

/** The fields of an alert that a platform sets. */
export interface AlertOrder {
  displayName: string;
  /** Major units. */
  threshold: number;
  emails: string[];
}

/** The fields that a platform changes; a missing field stays as it is. */
export type AlertChange = Partial<AlertOrder>;

export interface AlertView {
  id: string;
  displayName: string;
  thresholdMinor: bigint;
  /** Of the account's currency. */
  decimals: number;
  emails: string[];
  customerIdentifier: string;
  accountIdentifier: string;
  createdAt: Date;
}

/** The account of an alert. */
interface FoundAccount {
  platformId: string;
  id: string;
  status: AccountStatus;
  currencyCode: string;
  decimals: number;
  customerIdentifier: string;
  accountIdentifier: string;
}

export const MAX_ALERTS = 20;
/** Request fields, for validation errors. */
const FIELDS = { threshold: 'balanceAlertThreshold', account: 'accountIdentifier' };

const FIND_SQL = `SELECT a.platform_id AS "platformId", a.id, a.status, a.currency_code AS "currencyCode",
    currency.decimals, c.identifier AS "customerIdentifier", a.account_identifier AS "accountIdentifier"
  FROM accounts a
  JOIN customers c ON c.platform_id = a.platform_id AND c.id = a.customer_id
  JOIN currencies currency ON currency.code = a.currency_code
  WHERE a.platform_id = $1::bigint AND a.customer_id = $2::bigint AND a.channel = 'platform'
    AND a.account_identifier = $3::text`;

/**
 * Low-balance alerts: the email addresses to notify when an account's available balance falls below a threshold. An
 * alert fires when the threshold is crossed downwards (low-balance.ts). An alert created or changed while the balance
 * is below the threshold does not fire until the balance has been above it again.
 */
@Injectable()
export class LowBalanceAlerts {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transaction: IdempotentTransaction,
    private readonly unitOfWork: UnitOfWork,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** Oldest first. @throws AppError account_not_found */
  async list(name: AlertedAccount): Promise<AlertView[]> {
    const { manager } = this.dataSource;
    const account = await find(manager, name);
    const { platformId, id: accountId } = account;
    const where = { platformId, accountId };
    const alerts = await manager.find(LowBalanceAlert, { where, order: { createdAt: 'ASC', id: 'ASC' } });
    return alerts.map((alert) => toView(alert, account));
  }

  /** @throws AppError account_not_found, object_not_found */
  async get({ account: name, id }: AlertName): Promise<AlertView> {
    const { manager } = this.dataSource;
    const account = await find(manager, name);
    return toView(await findAlert(manager, account, id), account);
  }

  /** @throws AppError account_not_found, transition_not_allowed, name_taken, validation_failed */
  async create(
    name: AlertedAccount,
    { displayName, threshold, emails }: AlertOrder,
    { audit, claim }: IdempotentCommand<AlertView>,
  ): Promise<AlertView> {
    return this.transaction.run(claim, async (tx) => {
      const account = await lock(tx, name);
      assertOpen(account);
      await assertRoom(tx, account);
      const now = this.clock.now();
      const alert = tx.create(LowBalanceAlert, {
        platformId: account.platformId,
        id: randomUUID(),
        accountId: account.id,
        displayName,
        emails,
        thresholdMinor: String(amountIn(account, FIELDS.threshold, threshold)),
        createdAt: now,
        updatedAt: now,
      });
      await tx.insert(LowBalanceAlert, alert);
      await this.record(tx, account, { action: 'created', audit, after: describe(alert) });
      return toView(alert, account);
    });
  }

  /** @throws AppError account_not_found, object_not_found, transition_not_allowed, name_taken, validation_failed */
  async amend(
    { account: name, id }: AlertName,
    wanted: AlertChange,
    audit: AuditContext,
  ): Promise<AlertView> {
    return this.unitOfWork.run(async (tx) => {
      const account = await lock(tx, name);
      const alert = await findAlert(tx, account, id);
      assertOpen(account);
      const { threshold, ...rest } = wanted;
      const change =
        threshold === undefined
          ? rest
          : { ...rest, thresholdMinor: String(amountIn(account, FIELDS.threshold, threshold)) };
      if (Object.keys(change).length === 0) return toView(alert, account);
      const { before, after } = changeOf(alert, change);
      const { platformId } = account;
      await tx.update(LowBalanceAlert, { platformId, id }, { ...change, updatedAt: this.clock.now() });
      const states = { before: { alert: id, ...before }, after: { alert: id, ...after } };
      await this.record(tx, account, { action: 'amended', audit, ...states });
      return toView({ ...alert, ...change }, account);
    });
  }

  /**
   * Allowed for a closed account too, so that its addresses can be removed.
   * @throws AppError account_not_found, object_not_found
   */
  async delete({ account: name, id }: AlertName, audit: AuditContext): Promise<AlertView> {
    return this.unitOfWork.run(async (tx) => {
      const account = await lock(tx, name);
      const alert = await findAlert(tx, account, id);
      await tx.delete(LowBalanceAlert, { platformId: account.platformId, id });
      await this.record(tx, account, { action: 'deleted', audit, before: describe(alert) });
      return toView(alert, account);
    });
  }

  /** The audit entry's object is the account, of which the alert is a part. */
  private async record(
    tx: EntityManager,
    { platformId, id }: FoundAccount,
    { action, ...told }: { action: string; audit: AuditContext; before?: object; after?: object },
  ): Promise<void> {
    const objectId = toTenantId('acc', platformId, id);
    await this.trail.append(tx, { platformId, action: `account.alert_${action}`, objectId, ...told });
  }
}

/** @throws AppError account_not_found, also for another customer's account */
async function find(
  on: EntityManager,
  { platformId, customerId, accountIdentifier }: AlertedAccount,
  locking = '',
): Promise<FoundAccount> {
  if (!isIdentifier(accountIdentifier)) throw new AppError('account_not_found');
  const parameters = [platformId, customerId, accountIdentifier.toLowerCase()];
  const [account] = await on.query<FoundAccount[]>(`${FIND_SQL} ${locking}`, parameters);
  if (account === undefined) throw new AppError('account_not_found');
  return account;
}

/** Locks the account's row FOR NO KEY UPDATE: it excludes changes of its alerts or its state, and postings. */
function lock(tx: EntityManager, name: AlertedAccount): Promise<FoundAccount> {
  return find(tx, name, 'FOR NO KEY UPDATE OF a');
}

async function findAlert(
  on: EntityManager,
  { platformId, id: accountId }: FoundAccount,
  id: string,
): Promise<LowBalanceAlert> {
  const alert = await on.findOneBy(LowBalanceAlert, { platformId, accountId, id });
  if (alert === null) throw new AppError('object_not_found');
  return alert;
}

function assertOpen({ status }: FoundAccount): void {
  if (status === 'closed') throw new AppError('transition_not_allowed', { state: status, allowedActs: [] });
}

async function assertRoom(tx: EntityManager, account: FoundAccount): Promise<void> {
  const { platformId, id: accountId, accountIdentifier } = account;
  if ((await tx.countBy(LowBalanceAlert, { platformId, accountId })) < MAX_ALERTS) return;
  throw invalid(FIELDS.account, `has ${MAX_ALERTS} alerts, which is the most`, accountIdentifier);
}

function describe({ id, displayName, thresholdMinor, emails }: LowBalanceAlert): object {
  return { alert: id, displayName, thresholdMinor, emails };
}

function toView(alert: LowBalanceAlert, account: FoundAccount): AlertView {
  const { id, displayName, thresholdMinor, emails, createdAt } = alert;
  const { decimals, customerIdentifier, accountIdentifier } = account;
  return {
    id,
    displayName,
    thresholdMinor: BigInt(thresholdMinor),
    decimals,
    emails,
    createdAt,
    customerIdentifier,
    accountIdentifier,
  };
}
