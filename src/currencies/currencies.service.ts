import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { ChangeFeed } from '../database/change-feed.service.js';
import { listPage } from '../database/listing.js';
import { ReferenceCache } from '../database/reference-cache.js';
import { Currency, type CurrencyKind } from '../entities/currency.entity.js';
import { SYSTEM_PLATFORM_ID } from '../entities/platform.entity.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { byPartOf, type ListQuery, type ListSpec, type Page } from '../shared/listing.js';
import { toSystemId } from '../shared/object-id.js';

export interface CurrencyView {
  id: number;
  code: string;
  name: string;
  symbol: string;
  decimals: number;
  kind: CurrencyKind;
  enabled: boolean;
  swiftMinimumWithdrawalMinor: bigint;
  createdAt: Date;
  updatedAt: Date;
}

/** The list of currencies. */
export const CURRENCY_LIST: ListSpec = {
  select: `c.id, c.code, c.name, c.symbol, c.decimals, c.kind, c.enabled, c.created_at AS "createdAt",
    c.updated_at AS "updatedAt"`,
  from: 'currencies c',
  key: 'c.id',
  filters: {
    code: { description: 'With this code.', schema: { type: 'string', example: 'ZAR' }, sql: 'c.code = ?' },
    name: byPartOf('c.name', 'With this in the name, ignoring case.'),
    kind: {
      description: 'Of this kind.',
      schema: { type: 'string', enum: ['fiat', 'digital'] },
      sql: 'c.kind = ?',
    },
    enabled: {
      description: 'Enabled, or not.',
      schema: { type: 'string', enum: ['true', 'false'] },
      sql: 'c.enabled = ?::boolean',
    },
  },
  sorts: { code: { sql: 'c.code', type: 'text' }, name: { sql: 'c.name', type: 'text' } },
  defaultSort: 'code',
};

/** The currencies of this installation, cached. */
@Injectable()
export class CurrenciesService {
  private readonly cache: ReferenceCache<ReadonlyMap<string, CurrencyView>>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly transaction: IdempotentTransaction,
    private readonly trail: AuditTrail,
    private readonly feed: ChangeFeed,
    private readonly clock: Clock,
  ) {
    this.cache = new ReferenceCache(feed, ['currencies'], () => this.load());
  }

  /** All currencies by code, including disabled ones. */
  async all(): Promise<ReadonlyMap<string, CurrencyView>> {
    return this.cache.get();
  }

  list(query: ListQuery): Promise<Page<CurrencyView>> {
    return listPage<CurrencyView>(this.dataSource, CURRENCY_LIST, query);
  }

  /** @throws AppError object_not_found */
  async find(code: string): Promise<CurrencyView> {
    const currency = (await this.all()).get(code);
    if (currency === undefined) throw new AppError('object_not_found');
    return currency;
  }

  /** For codes from a foreign key. @throws Error when the code is unknown */
  async get(code: string): Promise<CurrencyView> {
    const currency = (await this.all()).get(code);
    if (currency === undefined) throw new Error(`currency ${code} is referenced but unknown`);
    return currency;
  }

  /**
   * Transactions read the change as soon as it commits; the caches of all processes follow within a second.
   * @throws AppError object_not_found, transition_not_allowed when the currency is in that state already
   */
  async setEnabled(
    code: string,
    enabled: boolean,
    { audit, claim }: IdempotentCommand<CurrencyView>,
  ): Promise<CurrencyView> {
    return this.transaction.run(claim, async (tx) => {
      const row = await tx.findOne(Currency, { where: { code }, lock: { mode: 'pessimistic_write' } });
      if (row === null) throw new AppError('object_not_found');
      if (row.enabled === enabled)
        throw new AppError('transition_not_allowed', {
          state: enabled ? 'enabled' : 'disabled',
          allowedActs: [enabled ? 'disable' : 'enable'],
        });
      const updatedAt = this.clock.now();
      await tx.update(Currency, { code }, { enabled, updatedAt });
      await this.feed.announce(tx, 'currencies');
      const action = `currency.${enabled ? 'enabled' : 'disabled'}`;
      await this.trail.append(tx, {
        platformId: SYSTEM_PLATFORM_ID,
        action,
        objectId: toSystemId('cur', code),
        audit,
        before: { enabled: row.enabled },
        after: { enabled },
      });
      return toView({ ...row, enabled, updatedAt });
    });
  }

  private async load(): Promise<ReadonlyMap<string, CurrencyView>> {
    const rows = await this.dataSource.manager.find(Currency, { order: { code: 'ASC' } });
    return new Map(rows.map((row) => [row.code, toView(row)]));
  }
}

function toView(row: Currency): CurrencyView {
  const { id, code, name, symbol, decimals, kind, enabled, createdAt, updatedAt } = row;
  const swiftMinimumWithdrawalMinor = BigInt(row.swiftMinimumWithdrawalMinor);
  return {
    id,
    code,
    name,
    symbol,
    decimals,
    kind,
    enabled,
    swiftMinimumWithdrawalMinor,
    createdAt,
    updatedAt,
  };
}
