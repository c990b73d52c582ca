import { Injectable } from '@nestjs/common';
import { ProductsService } from '../../products/products.service.js';
import { AppError } from '../../shared/app-error.js';
import type { AccountName } from '../reading/account-lookups.service.js';
import { AccountsService } from '../reading/accounts.service.js';
import type { Opening, WorkspaceOpening } from './opening.js';

/** The definition of a duplicate in each channel. It mirrors the named unique constraints. */
@Injectable()
export class DuplicatesService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly products: ProductsService,
  ) {}

  /**
   * Throws the refusal of a duplicate again, with the existing account in its details.
   * @param refusal account_exists, or account_identifier_taken, which omits the existing account from its details
   *   because it may be another customer's
   * @throws AppError the refusal; returns without a throw when the existing account is no longer found
   */
  async refuse(opening: Opening, refusal: AppError): Promise<void> {
    const duplicate = await this.duplicateOf(opening);
    const existing = duplicate === null ? null : await this.accounts.find(duplicate);
    if (existing === null) return;
    const shown = refusal.code === 'account_exists' ? { existing } : {};
    throw new AppError(refusal.code, { ...refusal.details, ...shown });
  }

  /**
   * The lookup that finds a duplicate of this opening; `null`: duplicates are allowed, or the product is not in this
   * process's cache.
   */
  async duplicateOf(opening: Opening): Promise<AccountName | null> {
    const { platformId, customerId, channel } = opening;
    switch (channel) {
      case 'owner':
        return { platformId, channel, customerId, currencyCode: opening.currencyCode };
      case 'workspace':
        return this.duplicateOfProduct(opening);
      case 'platform':
        return { platformId, channel, accountIdentifier: opening.accountIdentifier };
    }
  }

  private async duplicateOfProduct(opening: WorkspaceOpening): Promise<AccountName | null> {
    const { platformId, channel, workspaceId, productId, alias } = opening;
    const product = await this.products.find(productId);
    switch (product?.duplicateRule) {
      case 'one_per_currency':
        return { platformId, channel, workspaceId, currencyCode: product.currency.code };
      case 'one_per_product_and_alias':
        return { platformId, channel, workspaceId, productId, alias };
      default:
        return null;
    }
  }
}
