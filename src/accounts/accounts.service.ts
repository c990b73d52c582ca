import { Injectable } from '@nestjs/common';
import { DataSource, type FindOptionsWhere, Not } from 'typeorm';
import { CurrenciesService } from '../currencies/currencies.service.js';
import { Account } from '../entities/account.entity.js';
import { BalancesService } from '../ledger/balances.service.js';
import { ProductsService } from '../products/products.service.js';
import { AppError } from '../shared/app-error.js';
import type { AccountView } from './account-view.js';

/** Which accounts to read: always one platform's, and one channel's. */
export type AccountSelection = FindOptionsWhere<Account> & Pick<Account, 'platformId' | 'channel'>;

/** Reads of accounts. Closed ones are shown by the platform channel only. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly currencies: CurrenciesService,
    private readonly products: ProductsService,
    private readonly balances: BalancesService,
  ) {}

  async find(selection: AccountSelection): Promise<AccountView | null> {
    return (await this.list(selection, 1))[0] ?? null;
  }

  /** @throws AppError account_not_found */
  async get(selection: AccountSelection): Promise<AccountView> {
    const account = await this.find(selection);
    if (account === null) throw new AppError('account_not_found');
    return account;
  }

  /** The selected accounts in the order of their opening, at most `limit`. */
  async list(selection: AccountSelection, limit: number): Promise<AccountView[]> {
    const rows = await this.dataSource.manager.find(Account, {
      where: selection.channel === 'platform' ? selection : { ...selection, status: Not('closed') },
      relations: { customer: true },
      order: { id: 'ASC' },
      take: limit,
    });
    return this.toViews(selection.platformId, rows);
  }

  /** Adds balances and reference data to rows that were read with their customer. */
  async toViews(platformId: string, rows: readonly Account[]): Promise<AccountView[]> {
    const balances = await this.balances.findMany(
      platformId,
      rows.map((row) => row.id),
    );
    return Promise.all(
      rows.map(async (row) => {
        const balance = balances.get(row.id);
        const { id, publicId, number, channel, status, createdAt, updatedAt, customer } = row;
        if (balance === undefined) throw new Error(`account ${id} has no balance`);
        if (customer === null) throw new Error(`account ${id} has no holder`);
        const { accountIdentifier, displayName, contactEmail, fundingNotificationEmails } = row;
        return {
          ...{
            id,
            publicId,
            number,
            customerId: customer.id,
            channel,
            status,
            createdAt,
            updatedAt,
            balance,
          },
          ...{ accountIdentifier, displayName, contactEmail, fundingNotificationEmails },
          currency: await this.currencies.get(row.currencyCode),
          product: row.productId === null ? null : await this.products.get(row.productId),
          holderName: customer.displayName,
          alias: row.alias === '' ? null : row.alias,
        };
      }),
    );
  }
}
