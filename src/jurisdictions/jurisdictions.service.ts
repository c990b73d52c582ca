import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { AuditContext } from '../audit/audit-context.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { ChangeFeed } from '../database/change-feed.service.js';
import { listPage } from '../database/listing.js';
import { ReferenceCache } from '../database/reference-cache.js';
import { Currency } from '../entities/currency.entity.js';
import { JurisdictionCurrency } from '../entities/jurisdiction-currency.entity.js';
import { Jurisdiction } from '../entities/jurisdiction.entity.js';
import { SYSTEM_PLATFORM_ID } from '../entities/platform.entity.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import type { ListQuery, ListSpec, Page } from '../shared/listing.js';
import { toSystemId } from '../shared/object-id.js';

export interface JurisdictionView {
  code: string;
  name: string;
  /** Codes of the currencies enabled in the jurisdiction. */
  currencies: string[];
  createdAt: Date;
}

/** The list of jurisdictions. */
export const JURISDICTION_LIST: ListSpec = {
  select: `j.code, j.name, j.created_at AS "createdAt",
    ARRAY(SELECT jc.currency_code FROM jurisdiction_currencies jc WHERE jc.jurisdiction_code = j.code
      ORDER BY jc.currency_code) AS currencies`,
  from: 'jurisdictions j',
  // The two letters as a number, because the key of a list must be numeric.
  key: `(ascii(j.code) * 256 + ascii(substr(j.code, 2)))::bigint`,
  filters: {
    currency: {
      description: 'In which this currency is enabled.',
      schema: { type: 'string', example: 'EUR' },
      sql: `EXISTS (SELECT 1 FROM jurisdiction_currencies jc WHERE jc.jurisdiction_code = j.code AND jc.currency_code = ?)`,
    },
  },
  sorts: { code: { sql: 'j.code', type: 'text' }, name: { sql: 'j.name', type: 'text' } },
  defaultSort: 'code',
};

/** The jurisdictions and their enabled currencies, cached. */
@Injectable()
export class JurisdictionsService {
  private readonly cache: ReferenceCache<ReadonlyMap<string, ReadonlySet<string>>>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly transaction: IdempotentTransaction,
    private readonly trail: AuditTrail,
    private readonly feed: ChangeFeed,
    private readonly clock: Clock,
  ) {
    this.cache = new ReferenceCache(feed, ['jurisdictions'], () => this.load());
  }

  /** Codes of the currencies enabled in a jurisdiction; empty for an unknown jurisdiction. */
  async enabledCurrencies(jurisdictionCode: string): Promise<ReadonlySet<string>> {
    return (await this.cache.get()).get(jurisdictionCode) ?? new Set();
  }

  list(query: ListQuery): Promise<Page<JurisdictionView>> {
    return listPage<JurisdictionView>(this.dataSource, JURISDICTION_LIST, query);
  }

  /** @throws AppError object_not_found */
  async get(code: string): Promise<JurisdictionView> {
    const row = await this.dataSource.manager.findOneBy(Jurisdiction, { code });
    if (row === null) throw new AppError('object_not_found');
    const enabled = await this.dataSource.manager.findBy(JurisdictionCurrency, { jurisdictionCode: code });
    return toView(row, new Set(enabled.map(({ currencyCode }) => currencyCode)));
  }

  /** A new jurisdiction has no enabled currencies. @throws AppError name_taken */
  async create(
    { code, name }: { code: string; name: string },
    { audit, claim }: IdempotentCommand<JurisdictionView>,
  ): Promise<JurisdictionView> {
    return this.transaction.run(claim, async (tx) => {
      const row = tx.create(Jurisdiction, { code, name, createdAt: this.clock.now() });
      await tx.insert(Jurisdiction, row);
      await this.record(tx, 'jurisdiction.created', code, { audit, after: { name } });
      return toView(row, new Set());
    });
  }

  /**
   * Transactions read the change as soon as it commits; the caches of all processes follow within a second. No effect
   * when the currency is in that state already.
   * @throws AppError object_not_found when the jurisdiction or the currency is unknown
   */
  async setCurrencyEnabled(
    jurisdictionCode: string,
    { currencyCode, enabled }: { currencyCode: string; enabled: boolean },
    { audit, claim }: IdempotentCommand<JurisdictionView>,
  ): Promise<JurisdictionView> {
    return this.transaction.run(claim, async (tx) => {
      const row = await lock(tx, jurisdictionCode);
      if (!(await tx.existsBy(Currency, { code: currencyCode }))) throw new AppError('object_not_found');
      const pair = { jurisdictionCode, currencyCode };
      const wasEnabled = await tx.existsBy(JurisdictionCurrency, pair);
      if (wasEnabled !== enabled) {
        if (enabled) await tx.insert(JurisdictionCurrency, { ...pair, createdAt: this.clock.now() });
        else await tx.delete(JurisdictionCurrency, pair);
        await this.feed.announce(tx, 'jurisdictions');
        const action = `jurisdiction.currency_${enabled ? 'enabled' : 'disabled'}`;
        await this.record(tx, action, jurisdictionCode, { audit, after: { currency: currencyCode } });
      }
      const rows = await tx.findBy(JurisdictionCurrency, { jurisdictionCode });
      return toView(row, new Set(rows.map((enabledHere) => enabledHere.currencyCode)));
    });
  }

  private async record(
    tx: EntityManager,
    action: string,
    code: string,
    { audit, after }: { audit: AuditContext; after: object },
  ): Promise<void> {
    const objectId = toSystemId('jur', code);
    await this.trail.append(tx, { platformId: SYSTEM_PLATFORM_ID, action, objectId, audit, after });
  }

  private async load(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const enabled = new Map<string, Set<string>>();
    for (const { jurisdictionCode, currencyCode } of await this.dataSource.manager.find(
      JurisdictionCurrency,
    )) {
      const codes = enabled.get(jurisdictionCode) ?? new Set();
      enabled.set(jurisdictionCode, codes.add(currencyCode));
    }
    return enabled;
  }
}

function toView({ code, name, createdAt }: Jurisdiction, enabled: ReadonlySet<string>): JurisdictionView {
  return { code, name, currencies: [...enabled].sort(), createdAt };
}

async function lock(tx: EntityManager, code: string): Promise<Jurisdiction> {
  const row = await tx.findOne(Jurisdiction, { where: { code }, lock: { mode: 'pessimistic_write' } });
  if (row === null) throw new AppError('object_not_found');
  return row;
}
