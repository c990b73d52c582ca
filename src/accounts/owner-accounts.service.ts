import { Injectable } from '@nestjs/common';
import type { CustomerEligibility } from '../customers/customer-eligibility.js';
import { AppError } from '../shared/app-error.js';
import type { AccountView } from './reading/account-view.js';
import { AccountsService } from './reading/accounts.service.js';
import { CurrencyAvailability } from './currency-availability.service.js';
import { currencyRefusal } from './opening/opening-rules.js';

/** Above any real count: an owner has one account per currency, and there are about 180 currencies. */
const MAX_PER_OWNER = 1_000;

/** Reads one owner's accounts. Accounts in a currency that is not available in the owner's jurisdiction are hidden. */
@Injectable()
export class OwnerAccountsService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly availability: CurrencyAvailability,
  ) {}

  async list(
    platformId: string,
    { customerId, jurisdictionCode }: CustomerEligibility,
  ): Promise<AccountView[]> {
    const available = await this.availability.availableIn(jurisdictionCode);
    const codes = new Set(available.map(({ code }) => code));
    const accounts = await this.accounts.list({ platformId, channel: 'owner', customerId }, MAX_PER_OWNER);
    return accounts.filter(({ currency }) => codes.has(currency.code));
  }

  /** @throws AppError account_not_found: not this owner's, or its currency not available; account_frozen */
  async getById(
    platformId: string,
    eligibility: CustomerEligibility,
    publicId: string,
  ): Promise<AccountView> {
    if (!/^acc_[0-9A-Z]{1,100}$/.test(publicId)) throw new AppError('account_not_found');
    return this.getOne(platformId, eligibility, { publicId });
  }

  /** @throws AppError account_not_found: currency unknown or not available, or no account in it; account_frozen */
  async getByCurrency(
    platformId: string,
    eligibility: CustomerEligibility,
    code: string,
  ): Promise<AccountView> {
    const currencyCode = code.toUpperCase();
    if (!/^[0-9A-Z]{3,10}$/.test(currencyCode)) throw new AppError('account_not_found');
    return this.getOne(platformId, eligibility, { currencyCode });
  }

  private async getOne(
    platformId: string,
    { customerId, jurisdictionCode }: CustomerEligibility,
    by: { publicId: string } | { currencyCode: string },
  ): Promise<AccountView> {
    const account = await this.accounts.get({ platformId, channel: 'owner', customerId, ...by });
    const facts = await this.availability.factsOf(account.currency.code, jurisdictionCode);
    if (currencyRefusal(facts) !== null) throw new AppError('account_not_found');
    // The list includes a frozen account, so that its owner can see the status; reading it alone is refused.
    if (account.status === 'frozen') throw new AppError('account_frozen');
    return account;
  }
}
