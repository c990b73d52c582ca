import { Injectable } from '@nestjs/common';
import { AccountSearchService } from '../../../accounts/account-search.service.js';
import { PlatformAccountsService } from '../../../accounts/platform-accounts.service.js';
import { type PlatformAccountResponse, presentAccount } from './account.response.js';
import type { AccountListCommand } from './list-accounts.query.js';
import { type AccountPageResponse, presentPage } from './page.response.js';

export type AccountListResponse = PlatformAccountResponse[] | AccountPageResponse;

/** The two forms in which this API lists accounts. */
@Injectable()
export class AccountListing {
  constructor(
    private readonly accounts: PlatformAccountsService,
    private readonly searches: AccountSearchService,
  ) {}

  async list(platformId: string, { filter, page }: AccountListCommand): Promise<AccountListResponse> {
    if (page === null) return (await this.accounts.search(platformId, filter)).map(presentAccount);
    return presentPage(await this.searches.page(platformId, filter, page), page.size);
  }
}
