import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import type { Account, AccountStatus } from '../../entities/account.entity.js';
import { Currency } from '../../entities/currency.entity.js';
import { type AccountRow, queryAccountRows } from './account-rows.js';
import type { AccountView } from './account-view.js';
import { AccountsService } from './accounts.service.js';

/** Search filter for a platform's accounts. All given conditions must match; texts match case-insensitively. */
export interface AccountFilter {
  customerId?: string;
  accountNumber?: string;
  displayName?: string;
  contactEmail?: string;
  /** Any of these. */
  status?: AccountStatus[];
  currencyCodes?: string[];
  fundingNotificationEmails?: string[];
  /** Posted balance in major units, as decimal text. */
  minBalance?: string;
  maxBalance?: string;
  createdFrom?: Date;
  createdUntil?: Date;
}

/** The page begins directly after, or ends directly before, the account with this id. */
export interface PagePosition {
  side: 'after' | 'before';
  id: string;
}

export interface AccountPage {
  items: AccountView[];
  hasPrevious: boolean;
  hasNext: boolean;
}

type Query = SelectQueryBuilder<Account>;

/**
 * Finds accounts of the platform channel, in the order of their opening.
 *
 * Pages are keyed by id (keyset pagination), so accounts opened between two requests neither shift nor repeat rows.
 */
@Injectable()
export class AccountSearchService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly accounts: AccountsService,
  ) {}

  async search(platformId: string, filter: AccountFilter, limit: number): Promise<AccountView[]> {
    const query = this.matching(platformId, filter).orderBy('a.id', 'ASC').limit(limit);
    return this.accounts.toViews(await query.getRawMany<AccountRow>());
  }

  async page(
    platformId: string,
    filter: AccountFilter,
    { size, position }: { size: number; position: PagePosition | null },
  ): Promise<AccountPage> {
    const backwards = position?.side === 'before';
    const query = this.matching(platformId, filter).orderBy('a.id', backwards ? 'DESC' : 'ASC');
    if (position !== null) query.andWhere(`a.id ${backwards ? '<' : '>'} :from`, { from: position.id });
    const rows = await query.limit(size + 1).getRawMany<AccountRow>();
    const shown = rows.slice(0, size);
    if (backwards) shown.reverse();
    const more = rows.length > size;
    const behind = position !== null && (await this.existsBehind(platformId, filter, position));
    return {
      items: await this.accounts.toViews(shown),
      hasPrevious: backwards ? more : behind,
      hasNext: backwards ? behind : more,
    };
  }

  /** Whether a matching account exists at the position itself or on the side opposite to the requested one. */
  private async existsBehind(platformId: string, filter: AccountFilter, { side, id }: PagePosition) {
    const comparison = side === 'after' ? '<=' : '>=';
    return this.matching(platformId, filter).andWhere(`a.id ${comparison} :id`, { id }).getExists();
  }

  private matching(platformId: string, filter: AccountFilter): Query {
    const query = queryAccountRows(this.dataSource).where({ platformId, channel: 'platform' });
    filterByFields(query, filter);
    filterByBalance(query, filter);
    return query;
  }
}

function filterByFields(query: Query, filter: AccountFilter): void {
  const conditions: [condition: string, value: unknown][] = [
    ['a.customerId = :customerId', filter.customerId],
    ['a.number = :accountNumber', filter.accountNumber],
    ['lower(a.displayName) = lower(:displayName)', filter.displayName],
    ['lower(a.contactEmail) = lower(:contactEmail)', filter.contactEmail],
    ['a.status = ANY(:status)', filter.status],
    ['a.currencyCode = ANY(:currencyCodes)', filter.currencyCodes],
    ['a.fundingNotificationEmails && :fundingEmails', filter.fundingNotificationEmails],
    ['a.createdAt >= :createdFrom', filter.createdFrom],
    ['a.createdAt <= :createdUntil', filter.createdUntil],
  ];
  for (const [condition, value] of conditions) {
    const name = /:(\w+)/.exec(condition)?.[1] ?? '';
    if (value !== undefined) query.andWhere(condition, { [name]: value });
  }
}

function filterByBalance(query: Query, { minBalance, maxBalance }: AccountFilter): void {
  if (minBalance === undefined && maxBalance === undefined) return;
  query.innerJoin(Currency, 'currency', 'currency.code = a.currencyCode');
  const minor = (name: string): string => `CAST(:${name} AS numeric) * 10::numeric ^ currency.decimals`;
  if (minBalance !== undefined) query.andWhere(`b.postedMinor >= ${minor('minBalance')}`, { minBalance });
  if (maxBalance !== undefined) query.andWhere(`b.postedMinor <= ${minor('maxBalance')}`, { maxBalance });
}
