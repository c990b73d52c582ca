import { Injectable } from '@nestjs/common';
import { CustomersService, type CustomerView } from '../customers/customers.service.js';
import { AppError } from '../shared/app-error.js';
import { isIdentifier } from '../shared/identifier.js';
import { type AccountFilter, AccountSearchService } from './reading/account-search.service.js';
import type { AccountView } from './reading/account-view.js';
import { AccountsService } from './reading/accounts.service.js';
import { assertNotTooLarge, MAX_UNPAGED } from './reading/result-limit.js';

export interface CustomerWithAccounts {
  customer: CustomerView;
  accounts: AccountView[];
}

/** Reads the customers of one platform and their accounts. */
@Injectable()
export class PlatformAccountsService {
  constructor(
    private readonly customers: CustomersService,
    private readonly accounts: AccountsService,
    private readonly searches: AccountSearchService,
  ) {}

  /** @throws AppError result_too_large */
  async listByCustomer(platformId: string): Promise<CustomerWithAccounts[]> {
    const customers = assertNotTooLarge(await this.customers.list(platformId, MAX_UNPAGED + 1));
    const accounts = await this.search(platformId, {});
    const byCustomer = Map.groupBy(accounts, (account) => account.customerId);
    return customers.map((customer) => ({ customer, accounts: byCustomer.get(customer.id) ?? [] }));
  }

  /** @throws AppError customer_not_found, result_too_large */
  async getCustomer(platformId: string, identifier: string): Promise<CustomerWithAccounts> {
    const customer = await this.customers.findByIdentifier(platformId, identifier);
    if (customer === null) throw new AppError('customer_not_found');
    return { customer, accounts: await this.search(platformId, { customerId: customer.id }) };
  }

  /** @throws AppError result_too_large */
  async search(platformId: string, filter: AccountFilter): Promise<AccountView[]> {
    return assertNotTooLarge(await this.searches.search(platformId, filter, MAX_UNPAGED + 1));
  }

  /** @throws AppError account_not_found */
  async getByIdentifier(platformId: string, identifier: string): Promise<AccountView> {
    if (!isIdentifier(identifier)) throw new AppError('account_not_found');
    return this.accounts.get({
      platformId,
      channel: 'platform',
      accountIdentifier: identifier.toLowerCase(),
    });
  }
}
