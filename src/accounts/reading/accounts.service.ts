import { Injectable } from '@nestjs/common';
import { DataSource, Not } from 'typeorm';
import { CurrenciesService } from '../../currencies/currencies.service.js';
import { ProductsService } from '../../products/products.service.js';
import { AppError } from '../../shared/app-error.js';
import { AccountLookups, type AccountName } from './account-lookups.service.js';
import { type AccountRow, queryAccountRows } from './account-rows.js';
import type { AccountView } from './account-view.js';

/** Reads accounts. Closed accounts are returned in the platform channel only. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly currencies: CurrenciesService,
    private readonly products: ProductsService,
    private readonly lookups: AccountLookups,
  ) {}

  async find(name: AccountName): Promise<AccountView | null> {
    const row = await this.lookups.find(name);
    return row === null ? null : this.toView(row);
  }

  /** @throws AppError account_not_found */
  async get(name: AccountName): Promise<AccountView> {
    const account = await this.find(name);
    if (account === null) throw new AppError('account_not_found');
    return account;
  }

  /** At most `limit` matching accounts, in ascending order of id, which is the order of opening. */
  async list(name: AccountName, limit: number): Promise<AccountView[]> {
    const query = queryAccountRows(this.dataSource).where(
      name.channel === 'platform' ? name : { ...name, status: Not('closed') },
    );
    return this.toViews(await query.orderBy('a.id').limit(limit).getRawMany<AccountRow>());
  }

  async toViews(rows: readonly AccountRow[]): Promise<AccountView[]> {
    return Promise.all(rows.map((row) => this.toView(row)));
  }

  private async toView(row: AccountRow): Promise<AccountView> {
    const { currencyCode, productId, alias, ...described } = row;
    const { balanceId, postedMinor, lockedMinor, balanceCreatedAt, balanceUpdatedAt, ...fields } = described;
    return {
      ...fields,
      currency: await this.currencies.get(currencyCode),
      product: productId === null ? null : await this.products.get(productId),
      alias: alias === '' ? null : alias,
      balance: {
        id: balanceId,
        postedMinor: BigInt(postedMinor),
        lockedMinor: BigInt(lockedMinor),
        createdAt: balanceCreatedAt,
        updatedAt: balanceUpdatedAt,
      },
    };
  }
}
