import { Injectable, type PipeTransform } from '@nestjs/common';
import { ProductsService } from '../../products/products.service.js';
import { AppError } from '../../shared/app-error.js';
import { CurrencyAvailability } from '../currency-availability.service.js';
import type { WithStanding, WorkspaceOpening } from '../opening.js';
import { productRefusal } from '../policies/opening-rules.js';

type ProductOpening = WithStanding<WorkspaceOpening>;

/** Early refusal of a product that is unknown, retired, or in a currency not enabled for the customer. */
@Injectable()
export class ProductAvailablePipe implements PipeTransform<ProductOpening, Promise<ProductOpening>> {
  constructor(
    private readonly products: ProductsService,
    private readonly availability: CurrencyAvailability,
  ) {}

  async transform(opening: ProductOpening): Promise<ProductOpening> {
    const product = await this.products.find(opening.productId);
    const facts = await this.availability.factsOf(
      product?.currency.code ?? '',
      opening.standing.jurisdictionCode,
    );
    const refusal = productRefusal(product?.status ?? null, facts);
    if (refusal !== null) throw new AppError(refusal);
    return opening;
  }
}
