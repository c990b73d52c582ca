import { DUPLICATE_RULES, type ProductRow } from '../../../products/product-administration.service.js';
import { toSystemId } from '../../../shared/object-id.js';
import { Choice, Integer, Text } from '../../../http/request-properties.js';
import { Reason, ResponseProperty, ResponseKind, ResponseTime, toTime } from '../properties.js';

const MAX_CAP = 1_000_000;
const RULE = {
  description:
    'Which accounts count as the same in a workspace: all of the currency, those with the same alias, or none.',
  values: DUPLICATE_RULES,
  example: 'one_per_product_and_alias',
};
const CAP = {
  description: 'Most accounts of it that a customer may have; null for no cap.',
  example: 5,
  min: 1,
  max: MAX_CAP,
};

/** A kind of account that workspaces may open. */
export class AdminProductResponse {
  @ResponseKind('product')
  object!: 'product';

  @ResponseProperty('Its id here.', 'prd_7')
  id!: string;

  @ResponseProperty('What the workspace API takes as productID.', 7, { type: 'integer' })
  productId!: number;

  @ResponseProperty('For people; unique.', 'USD current account')
  name!: string;

  @ResponseProperty('What it is.', 'A current account in United States dollar.')
  description!: string;

  @ResponseProperty('The currency of its accounts; never changes.', 'USD')
  currency!: string;

  @ResponseProperty('Whether it is offered.', 'available', { enum: ['available', 'retired'] })
  status!: string;

  @ResponseProperty(CAP.description, 5, { type: 'integer', nullable: true })
  maxAccountsPerCustomer!: number | null;

  @ResponseProperty(RULE.description, 'one_per_product_and_alias', { enum: [...DUPLICATE_RULES] })
  duplicateRule!: string;

  @ResponseTime('When it was created.')
  createdAt!: string;

  @ResponseTime('When it last changed.')
  updatedAt!: string;
}

export class CreateProductRequest {
  @Text('required', { description: 'For people; unique.', example: 'USD savings account', min: 3, max: 100 })
  name!: string;

  @Text('required', {
    description: 'What it is.',
    example: 'Put money aside in US dollars.',
    min: 3,
    max: 500,
  })
  description!: string;

  @Text('required', { description: 'The currency of its accounts.', example: 'USD', min: 3, max: 10 })
  currency!: string;

  @Integer('nullable', CAP)
  maxAccountsPerCustomer?: number | null;

  @Choice('optional', RULE)
  duplicateRule?: ProductRow['duplicateRule'];

  @Reason()
  reason!: string;
}

export class AmendProductRequest {
  @Text('optional', { description: 'For people; unique.', example: 'USD savings account', min: 3, max: 100 })
  name?: string;

  @Text('optional', {
    description: 'What it is.',
    example: 'Put money aside in US dollars.',
    min: 3,
    max: 500,
  })
  description?: string;

  @Integer('nullable', CAP)
  maxAccountsPerCustomer?: number | null;

  @Choice('optional', RULE)
  duplicateRule?: ProductRow['duplicateRule'];

  @Reason()
  reason!: string;
}

export function presentProduct(product: ProductRow): AdminProductResponse {
  const { id, name, description, currencyCode, status, maxAccountsPerCustomer, duplicateRule } = product;
  return {
    object: 'product',
    id: toSystemId('prd', id),
    productId: id,
    name,
    description,
    currency: currencyCode,
    status,
    maxAccountsPerCustomer,
    duplicateRule,
    createdAt: toTime(product.createdAt),
    updatedAt: toTime(product.updatedAt),
  };
}
