import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { systemContext } from '../audit/audit-context.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { openBalanceSql } from '../ledger/open-balance.js';
import { Clock } from '../shared/clock.js';
import { randomAccountId, toAccountNumber } from '../shared/ids.js';
import { toTenantId } from '../shared/object-id.js';

/**
 * When a concurrent transaction opens the same account first (`uq_accounts_settlement`), this statement writes nothing.
 */
const OPEN_SQL = `WITH account AS (
    INSERT INTO accounts (platform_id, id, channel, public_id, number, currency_code, status, alias,
      funding_notification_emails, created_at, updated_at)
    VALUES ($1::bigint, $2::bigint, 'settlement', $3, $4, $5, 'active', '', '{}', $6::timestamptz, $6::timestamptz)
    ON CONFLICT (platform_id, currency_code) WHERE channel = 'settlement' DO NOTHING
    RETURNING platform_id, id, currency_code, created_at
  ), balance AS (
    ${openBalanceSql('account', `nextval('balances_id_seq')`, true)}
  )
  SELECT id FROM account`;

/**
 * The settlement accounts of each platform, one per currency: the counterparty of deposits and withdrawals. Opened when
 * first needed.
 */
@Injectable()
export class SettlementAccounts {
  /** Cached ids. Settlement accounts are never closed; only the reset of a sandbox deletes them (`forget`). */
  private readonly known = new Map<string, string>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /**
   * The id of the platform's settlement account in a currency. Do not call it inside a transaction: it may open one.
   */
  async idOf(platformId: string, currencyCode: string): Promise<string> {
    const key = `${platformId} ${currencyCode}`;
    const id = this.known.get(key) ?? (await this.find(platformId, currencyCode));
    if (id === null) {
      await this.openOne(platformId, currencyCode);
      return this.idOf(platformId, currencyCode);
    }
    this.known.set(key, id);
    return id;
  }

  /** Drops the cached ids of a platform. Call it after the platform's accounts were deleted. */
  forget(platformId: string): void {
    for (const key of this.known.keys()) if (key.startsWith(`${platformId} `)) this.known.delete(key);
  }

  private async find(platformId: string, currencyCode: string): Promise<string | null> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT id FROM accounts WHERE platform_id = $1 AND currency_code = $2 AND channel = 'settlement'`,
      [platformId, currencyCode],
    );
    return rows[0]?.id ?? null;
  }

  private async openOne(platformId: string, currencyCode: string): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const [{ id }] = await tx.query<[{ id: string }]>(`SELECT nextval('accounts_id_seq') AS id`);
      const now = this.clock.now();
      const opened = await tx.query<unknown[]>(OPEN_SQL, [
        ...[platformId, id, randomAccountId(), toAccountNumber(id), currencyCode, now],
      ]);
      if (opened.length === 0) return;
      await this.trail.append(tx, {
        platformId,
        action: 'account.opened',
        objectId: toTenantId('acc', platformId, id),
        audit: systemContext('ledger', 'first money of this currency from or to the world outside'),
        after: { channel: 'settlement', currency: currencyCode },
      });
    });
  }
}
