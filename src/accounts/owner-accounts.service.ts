import { Injectable } from '@nestjs/common';
import type { CustomerStanding } from '../customers/customer-standing.js';
import { AppError } from '../shared/app-error.js';
import type { AccountView } from './account-view.js';
import { AccountsService } from './accounts.service.js';
import { CurrencyAvailability } from './currency-availability.service.js';
import { currencyRefusal } from './policies/opening-rules.js';

/** One account per currency, and the world has some 180 currencies. */
const MAX_PER_OWNER = 1_000;

/** One owner's accounts, as far as their currencies are still available where the owner is. */
@Injectable()
export class OwnerAccountsService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly availability: CurrencyAvailability,
  ) {}

  async list(platformId: string, { customerId, jurisdictionCode }: CustomerStanding): Promise<AccountView[]> {
    const available = await this.availability.availableIn(jurisdictionCode);
    const codes = new Set(available.map(({ code }) => code));
    const accounts = await this.accounts.list({ platformId, channel: 'owner', customerId }, MAX_PER_OWNER);
    return accounts.filter(({ currency }) => codes.has(currency.code));
  }

  /** @throws AppError account_not_found: not this owner's, or its currency not available; account_frozen */
  async getById(platformId: string, standing: CustomerStanding, publicId: string): Promise<AccountView> {
    if (!/^acc_[0-9A-Z]{1,100}$/.test(publicId)) throw new AppError('account_not_found');
    return this.getOne(platformId, standing, { publicId });
  }

  /** @throws AppError account_not_found: currency unknown or not available, or no account in it; account_frozen */
  async getByCurrency(platformId: string, standing: CustomerStanding, code: string): Promise<AccountView> {
    const currencyCode = code.toUpperCase();
    if (!/^[0-9A-Z]{3,10}$/.test(currencyCode)) throw new AppError('account_not_found');
    return this.getOne(platformId, standing, { currencyCode });
  }

  private async getOne(
    platformId: string,
    { customerId, jurisdictionCode }: CustomerStanding,
    by: { publicId: string } | { currencyCode: string },
  ): Promise<AccountView> {
    const account = await this.accounts.get({ platformId, channel: 'owner', customerId, ...by });
    const facts = await this.availability.factsOf(account.currency.code, jurisdictionCode);
    if (currencyRefusal(facts) !== null) throw new AppError('account_not_found');
    // The list shows a frozen account, so that its owner can tell; by itself it is not to be had.
    if (account.status === 'frozen') throw new AppError('account_frozen');
    return account;
  }
}
