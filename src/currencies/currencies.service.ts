import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ChangeFeed } from '../database/change-feed.service.js';
import { ReferenceCache } from '../database/reference-cache.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Currency, type CurrencyKind } from '../entities/currency.entity.js';
import { Clock } from '../shared/clock.js';

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

/** The currencies of this installation, from memory. */
@Injectable()
export class CurrenciesService {
  private readonly cache: ReferenceCache<ReadonlyMap<string, CurrencyView>>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly feed: ChangeFeed,
    private readonly clock: Clock,
  ) {
    this.cache = new ReferenceCache(feed, ['currencies'], () => this.load());
  }

  /** Every currency by its code, disabled ones too. */
  async all(): Promise<ReadonlyMap<string, CurrencyView>> {
    return this.cache.get();
  }

  /** @throws Error when the code is unknown: for codes that a foreign key vouches for. */
  async get(code: string): Promise<CurrencyView> {
    const currency = (await this.all()).get(code);
    if (currency === undefined) throw new Error(`currency ${code} is referenced but unknown`);
    return currency;
  }

  /** In force here and now for every deciding write, and within a second in every process's memory. */
  async setEnabled(code: string, enabled: boolean): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      await tx.update(Currency, { code }, { enabled, updatedAt: this.clock.now() });
      await this.feed.announce(tx, 'currencies');
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
