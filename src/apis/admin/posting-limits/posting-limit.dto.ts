import { POSTING_ROLES } from '../../../auth/admin-list.js';
import type { PostingLimitView } from '../../../payments/posting-limits.service.js';
import { toMajorNumber } from '../../../shared/money.js';
import { toSystemId } from '../../../shared/object-id.js';
import { Amount } from '../../../http/request-properties.js';
import { Reason, ResponseProperty, ResponseKind } from '../properties.js';

/** The largest amount that an admin of a role posts in a currency without approval. */
export class PostingLimitResponse {
  @ResponseKind('posting_limit')
  object!: 'posting_limit';

  @ResponseProperty('Its id.', 'lim_operator_USD')
  id!: string;

  @ResponseProperty('The role.', 'operator', { enum: [...POSTING_ROLES] })
  role!: string;

  @ResponseProperty('The currency.', 'USD')
  currency!: string;

  @ResponseProperty('In major units of the currency.', 10_000)
  limit!: number;

  @ResponseProperty('Whether it is the default of the role.', true)
  isDefault!: boolean;
}

export class PostingLimitListResponse {
  @ResponseProperty('One for each role and currency.', undefined, { type: [PostingLimitResponse] })
  items!: PostingLimitResponse[];
}

export class ChangePostingLimitRequest {
  @Amount('required', { description: 'In major units of the currency.', example: 10_000 })
  limit!: number;

  @Reason()
  reason!: string;
}

export function presentPostingLimit(limit: PostingLimitView): PostingLimitResponse {
  const { role, currency, limitMinor, decimals, isDefault } = limit;
  return {
    object: 'posting_limit',
    id: toSystemId('lim', `${role}_${currency}`),
    role,
    currency,
    limit: toMajorNumber(limitMinor, decimals),
    isDefault,
  };
}
