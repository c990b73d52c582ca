import { filled, type Form, integer, listOf, objectOf, oneOf, text, time } from '../form.js';

const UTC = time('a time as in RFC 3339, in UTC', /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/);
const TIMES = { createdAt: UTC, updatedAt: UTC };

const CURRENCY: Form = objectOf({
  id: integer,
  code: text('a currency code', /^[A-Z0-9]{3,}$/),
  name: filled,
  symbol: text(),
  decimals: integer,
  swiftMinimumWithdrawalAmount: text('digits, as text', /^\d+$/),
  ...TIMES,
});

export const PRODUCT: Form = objectOf({
  id: integer,
  name: filled,
  description: text(),
  ...TIMES,
  edges: objectOf({ currency: CURRENCY }),
});

/** Amounts are integers of minor units. */
export const BALANCES: Form = listOf(objectOf({ id: integer, amount: integer, ...TIMES }));

export const ACCOUNT: Form = objectOf({
  id: integer,
  code: filled,
  name: filled,
  alias: text(),
  type: filled,
  ...TIMES,
  status: oneOf('enabled', 'disabled'),
  edges: objectOf({ balances: BALANCES, currency: CURRENCY, product: PRODUCT }),
});

export const TOKEN_PAIR: Form = objectOf({
  accessToken: filled,
  refreshToken: objectOf({ id: integer, value: filled, ...TIMES, expiredAt: UTC }),
});
