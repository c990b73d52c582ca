import { Injectable } from '@nestjs/common';
import { DataSource, Not } from 'typeorm';
import { CurrenciesService } from '../../currencies/currencies.service.js';
import { Account } from '../../entities/account.entity.js';
import { BalancesService, type BalanceView } from '../../ledger/balances.service.js';
import { ProductsService } from '../../products/products.service.js';
import { AppError } from '../../shared/app-error.js';
import { AccountLookups, type AccountName, type DescribedAccount } from './account-lookups.service.js';
import type { AccountView } from './account-view.js';

/** Reads accounts. Closed accounts are returned in the platform channel only. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly currencies: CurrenciesService,
    private readonly products: ProductsService,
    private readonly balances: BalancesService,
    private readonly lookups: AccountLookups,
  ) {}

  async find(name: AccountName): Promise<AccountView | null> {
    const row = await this.lookups.find(name);
    if (row === null) return null;
    const { balanceId, postedMinor, lockedMinor, balanceCreatedAt, balanceUpdatedAt } = row;
    return this.toView(row, row.holderName, {
      id: balanceId,
      postedMinor: BigInt(postedMinor),
      lockedMinor: BigInt(lockedMinor),
      createdAt: balanceCreatedAt,
      updatedAt: balanceUpdatedAt,
    });
  }

  /** @throws AppError account_not_found */
  async get(name: AccountName): Promise<AccountView> {
    const account = await this.find(name);
    if (account === null) throw new AppError('account_not_found');
    return account;
  }

  /** At most `limit` matching accounts, in ascending order of id, which is the order of opening. */
  async list(name: AccountName, limit: number): Promise<AccountView[]> {
    const rows = await this.dataSource.manager.find(Account, {
      where: name.channel === 'platform' ? name : { ...name, status: Not('closed') },
      relations: { customer: true },
      order: { id: 'ASC' },
      take: limit,
    });
    return this.toViews(name.platformId, rows);
  }

  /** Adds balances and reference data to rows that were read with their customer. */
  async toViews(platformId: string, rows: readonly Account[]): Promise<AccountView[]> {
    const balances = await this.balances.findMany(
      platformId,
      rows.map((row) => row.id),
    );
    return Promise.all(
      rows.map((row) => {
        const balance = balances.get(row.id);
        const { id, customer } = row;
        if (balance === undefined) throw new Error(`account ${id} has no balance`);
        if (customer === null) throw new Error(`account ${id} has no holder`);
        return this.toView({ ...row, customerId: customer.id }, customer.displayName, balance);
      }),
    );
  }

  private async toView(
    row: DescribedAccount,
    holderName: string,
    balance: BalanceView,
  ): Promise<AccountView> {
    const { id, publicId, number, customerId, channel, status, createdAt, updatedAt } = row;
    const { accountIdentifier, displayName, contactEmail, fundingNotificationEmails } = row;
    return {
      id,
      publicId,
      number,
      customerId,
      channel,
      status,
      createdAt,
      updatedAt,
      balance,
      accountIdentifier,
      displayName,
      contactEmail,
      fundingNotificationEmails,
      holderName,
      currency: await this.currencies.get(row.currencyCode),
      product: row.productId === null ? null : await this.products.get(row.productId),
      alias: row.alias === '' ? null : row.alias,
    };
  }
}
