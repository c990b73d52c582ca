import { POSTING_ROLES } from '../../../auth/admin-list.js';
import type { PostingLimitView } from '../../../payments/posting-limits.service.js';
import { toMajorNumber } from '../../../shared/money.js';
import { toHouseId } from '../../../shared/object-id.js';
import { Amount, Reason, Shown, ShownKind } from '../properties.js';

/** How much an admin of a role posts alone in a currency. */
export class PostingLimitResponse {
  @ShownKind('posting_limit')
  object!: 'posting_limit';

  @Shown('Its id.', 'lim_operator_USD')
  id!: string;

  @Shown('The role.', 'operator', { enum: [...POSTING_ROLES] })
  role!: string;

  @Shown('The currency.', 'USD')
  currency!: string;

  @Shown('In major units of the currency.', 10_000)
  limit!: number;

  @Shown('Whether it is the default of the role.', true)
  isDefault!: boolean;
}

export class PostingLimitListResponse {
  @Shown('One for each role and currency.', undefined, { type: [PostingLimitResponse] })
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
    id: toHouseId('lim', `${role}_${currency}`),
    role,
    currency,
    limit: toMajorNumber(limitMinor, decimals),
    isDefault,
  };
}
