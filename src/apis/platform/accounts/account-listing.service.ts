import { Injectable } from '@nestjs/common';
import { AccountSearchService, type PagePosition } from '../../../accounts/reading/account-search.service.js';
import { PlatformAccountsService } from '../../../accounts/platform-accounts.service.js';
import { type TenantList, ListCursors } from '../../../auth/list-cursors.service.js';
import { AppError } from '../../../shared/app-error.js';
import { type PlatformAccountResponse, presentAccount } from './account.response.js';
import type { AccountListCommand, ListCursor } from './list-accounts.query.js';
import { type AccountPageResponse, presentPage } from './page.response.js';

export type AccountListResponse = PlatformAccountResponse[] | AccountPageResponse;

/** The two forms in which this API lists accounts. */
@Injectable()
export class AccountListing {
  constructor(
    private readonly accounts: PlatformAccountsService,
    private readonly searches: AccountSearchService,
    private readonly cursors: ListCursors,
  ) {}

  /** @throws AppError validation_failed for a cursor of another list */
  async list(platformId: string, { filter, page }: AccountListCommand): Promise<AccountListResponse> {
    const list = { platformId, name: ['accounts', filter.customerId ?? 'all'] };
    if (page === null) return (await this.accounts.search(platformId, filter)).map(presentAccount);
    const position = page.cursor === null ? null : this.positionOf(list, page.cursor);
    const found = await this.searches.page(platformId, filter, { size: page.size, position });
    return presentPage(found, page.size, ({ side, id }) => this.cursors.write(list, `${side}:${id}`));
  }

  private positionOf(list: TenantList, { name, text }: ListCursor): PagePosition {
    const [, side, id] = /^(after|before):(\d+)$/.exec(this.cursors.read(list, text) ?? '') ?? [];
    if (side !== undefined && id !== undefined) return { side: side as PagePosition['side'], id };
    const message = 'must be a cursor of an earlier page';
    const field = { path: name, constraint: 'range' as const, message, invalidValue: text };
    throw new AppError('validation_failed', { fields: [field] });
  }
}
