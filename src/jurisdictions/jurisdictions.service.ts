import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ChangeFeed } from '../database/change-feed.service.js';
import { ReferenceCache } from '../database/reference-cache.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { JurisdictionCurrency } from '../entities/jurisdiction-currency.entity.js';
import { Clock } from '../shared/clock.js';

/** Which currencies each jurisdiction enables, from memory. */
@Injectable()
export class JurisdictionsService {
  private readonly cache: ReferenceCache<ReadonlyMap<string, ReadonlySet<string>>>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly feed: ChangeFeed,
    private readonly clock: Clock,
  ) {
    this.cache = new ReferenceCache(feed, ['jurisdictions'], () => this.load());
  }

  /** The codes enabled in a jurisdiction; none when it is unknown. */
  async enabledCurrencies(jurisdictionCode: string): Promise<ReadonlySet<string>> {
    return (await this.cache.get()).get(jurisdictionCode) ?? new Set();
  }

  /** In force at once for every deciding write, and within a second in every process's memory. */
  async setCurrencyEnabled(jurisdictionCode: string, currencyCode: string, enabled: boolean): Promise<void> {
    const pair = { jurisdictionCode, currencyCode };
    await this.unitOfWork.run(async (tx) => {
      if (enabled) {
        await tx
          .createQueryBuilder()
          .insert()
          .into(JurisdictionCurrency)
          .values({ ...pair, createdAt: this.clock.now() })
          .orIgnore()
          .execute();
      } else {
        await tx.delete(JurisdictionCurrency, pair);
      }
      await this.feed.announce(tx, 'jurisdictions');
    });
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
