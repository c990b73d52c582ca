import { Injectable } from '@nestjs/common';
import { ProductsService } from '../../products/products.service.js';
import { AppError } from '../../shared/app-error.js';
import type { AccountName } from '../reading/account-lookups.service.js';
import { AccountsService } from '../reading/accounts.service.js';
import type { Opening, WorkspaceOpening } from './opening.js';

/** What counts as a duplicate in each channel, mirroring the named unique constraints. */
@Injectable()
export class DuplicatesService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly products: ProductsService,
  ) {}

  /**
   * Refuses an opening that a rule found to be a duplicate, with the existing account.
   * @param refusal account_exists, or account_identifier_taken: that account may belong to another customer and is not
   *   shown
   * @throws AppError the refusal; returns when the existing account is gone meanwhile
   */
  async refuse(opening: Opening, refusal: AppError): Promise<void> {
    const duplicate = await this.duplicateOf(opening);
    const existing = duplicate === null ? null : await this.accounts.find(duplicate);
    if (existing === null) return;
    const shown = refusal.code === 'account_exists' ? { existing } : {};
    throw new AppError(refusal.code, { ...refusal.details, ...shown });
  }

  /** Which account would be the double of this one; `null`: none would. As far as this process knows its product. */
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
