import { Injectable, type PipeTransform } from '@nestjs/common';
import type { WithFacts, WorkspaceOpening } from '../opening.js';
import { productRefusal, refusedEarly } from '../opening-rules.js';

type ProductOpening = WithFacts<WorkspaceOpening>;

/**
 * Refuses, before the opening transaction starts, a product that is unknown, retired, or in a currency not enabled for
 * the customer.
 */
@Injectable()
export class ProductAvailablePipe implements PipeTransform<ProductOpening, ProductOpening> {
  transform(opening: ProductOpening): ProductOpening {
    const { facts, channel } = opening;
    const refusal = productRefusal(facts.productStatus, facts);
    if (refusal !== null) throw refusedEarly(refusal, channel, facts);
    return opening;
  }
}
