import { isObject } from '../exact-json.js';
import {
  amount,
  boolean,
  dependingOn,
  filled,
  type Form,
  integer,
  listOf,
  nullable,
  objectOf,
  oneOf,
  text,
  time,
  UUID,
} from '../form.js';

const MILLISECONDS = time(
  'a time as 2024-03-13T23:25:59.600Z',
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/,
);
const IDENTIFIER = text('5 to 100 of -0-9a-z', /^[-0-9a-z]{5,100}$/);
const STATUS = oneOf('ACTIVE', 'INACTIVE', 'DISABLED', 'FROZEN', 'DELETED');
const CURRENCY = oneOf('AUD', 'CAD', 'EUR', 'GBP', 'USD');
const ADDRESSES = listOf(objectOf({ emailAddress: filled }));
const NUMBER = text('A and digits', /^A\d+$/);

/** Amounts are exact: no more decimals than the currency has. */
export const ACCOUNT: Form = dependingOn((value) =>
  objectOf({
    accountIdentifier: IDENTIFIER,
    accountNumber: NUMBER,
    displayName: filled,
    currencyCode: CURRENCY,
    currentBalance: amount(isObject(value) ? value.currencyCode : undefined),
    createdAt: MILLISECONDS,
    status: STATUS,
    contactEmail: filled,
    fundingNotification: ADDRESSES,
  }),
);

export const CUSTOMER: Form = objectOf({
  customerIdentifier: filled,
  displayName: filled,
  createdAt: MILLISECONDS,
  status: text('a status in lower case', /^[a-z_]+$/),
});

export const CUSTOMER_WITH_ACCOUNTS: Form = (value, place) => [
  ...CUSTOMER(value, place),
  ...objectOf({
    accounts: listOf(
      objectOf({
        accountIdentifier: IDENTIFIER,
        accountNumber: NUMBER,
        displayName: filled,
        createdAt: MILLISECONDS,
        status: STATUS,
        currencyCode: CURRENCY,
      }),
    ),
  })(value, place),
];

export const PAGE: Form = objectOf({
  numberOfElements: integer,
  maxResults: integer,
  items: listOf(ACCOUNT),
  prevCursor: nullable(filled),
  nextCursor: nullable(filled),
  prevPageAvailable: boolean,
  nextPageAvailable: boolean,
});

export const ALERT: Form = objectOf({
  balanceAlertID: text('a uuid', UUID),
  balanceAlertDisplayName: filled,
  createdAt: MILLISECONDS,
  balanceAlertThreshold: amount('USD'),
  balanceAlertNotification: ADDRESSES,
  customerIdentifier: filled,
  accountIdentifier: IDENTIFIER,
});

const partyOf = (currency: unknown): Form => {
  const exact = amount(typeof currency === 'string' ? currency : undefined);
  return objectOf({
    accountIdentifier: IDENTIFIER,
    accountNumber: NUMBER,
    displayName: filled,
    currencyCode: CURRENCY,
    startingBalance: exact,
    endingBalance: exact,
    status: STATUS,
    contactEmail: filled,
  });
};
const PARTY: Form = dependingOn((value) => partyOf(isObject(value) ? value.currencyCode : undefined));

export const TRANSFER: Form = objectOf({
  transferDate: MILLISECONDS,
  transferredAmount: amount('USD'),
  transferFrom: PARTY,
  transferTo: PARTY,
  transferNotes: nullable(text()),
  externalRefID: nullable(text()),
});

export const TOKEN: Form = objectOf({
  access_token: filled,
  token_type: text('Bearer', /^bearer$/i),
  expires_in: integer,
  scope: text(),
});

/** The error body, the same on every path. */
export const ERROR: Form = objectOf({
  timestamp: MILLISECONDS,
  requestId: filled,
  path: text('a path', /^\//),
  httpCode: integer,
  httpPhrase: filled,
  i18nKey: filled,
  message: filled,
  errors: listOf(objectOf({})),
});
