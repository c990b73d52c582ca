import type { LedgerCheck, LedgerProblem } from '../../src/ledger/reports/verification.js';
import type { Books } from './ledger-books.js';

const NOBODY = '424242';

/** A change that direct SQL could make to books without constraints. */
export interface Damage {
  what: string;
  sql: (books: Books) => string[];
  /** Everything that the verification must find, with its location. */
  found: (books: Books) => (Partial<LedgerProblem> & { check: LedgerCheck })[];
}

export const balance = (platformId: string, accountId: string, set: string): string =>
  `UPDATE balances SET ${set} WHERE platform_id = ${platformId} AND account_id = ${accountId}`;
const transfer = ({ platformId }: Books, id: string, set: string): string =>
  `UPDATE transfers SET ${set} WHERE platform_id = ${platformId} AND id = ${id}`;
const hold = ({ platformId }: Books, id: string, set: string): string =>
  `UPDATE holds SET ${set} WHERE platform_id = ${platformId} AND id = ${id}`;
const remove = (table: string, { platformId }: Books, column: string, id: string): string =>
  `DELETE FROM ${table} WHERE platform_id = ${platformId} AND ${column} = ${id}`;
/** Appends a transfer after all existing ones; `more` overrides columns of the last one from a to b. */
const append = ({ platformId, transfers }: Books, more: Record<string, string>): string => {
  const columns = [
    ...['platform_id', 'id', 'journal_id', 'kind', 'debit_account_id', 'credit_account_id', 'currency_code'],
    ...[
      'amount_minor',
      'debit_posted_minor',
      'credit_posted_minor',
      'posted_at',
      'effective_date',
      'metadata',
    ],
  ];
  const values = { id: '1000000', posted_at: `posted_at + interval '1 hour'`, ...more } as Record<
    string,
    string
  >;
  return `INSERT INTO transfers (${columns.join(', ')})
    SELECT ${columns.map((column) => values[column] ?? column).join(', ')} FROM transfers
    WHERE platform_id = ${platformId} AND id = ${transfers[2]}`;
};
const postedOf = ({ platformId }: Books, accountId: string): string =>
  `(SELECT posted_minor FROM balances WHERE platform_id = ${platformId} AND account_id = ${accountId})`;

const BELONGING: Damage[] = [
  {
    what: 'a platform that is gone',
    sql: ({ platformId }) => [`DELETE FROM platforms WHERE id = ${platformId}`],
    found: ({ platformId }) => [{ check: 'platform_missing', platformId, accountId: null }],
  },
  {
    what: 'an account without a balance',
    sql: (books) => [remove('balances', books, 'account_id', books.empty)],
    found: ({ empty }) => [{ check: 'account_without_balance', accountId: empty }],
  },
  {
    what: 'a balance without an account',
    sql: (books) => [remove('accounts', books, 'id', books.empty)],
    found: ({ empty }) => [{ check: 'balance_without_account', accountId: empty }],
  },
  {
    what: 'a balance in another currency than its account',
    sql: ({ platformId, empty }) => [balance(platformId, empty, `currency_code = 'EUR'`)],
    found: ({ empty }) => [{ check: 'balance_currency', accountId: empty, expected: 'USD', found: 'EUR' }],
  },
  {
    what: 'a customer’s account that may owe',
    sql: ({ platformId, empty }) => [balance(platformId, empty, `may_be_negative = true`)],
    found: ({ empty }) => [{ check: 'balance_settlement', accountId: empty }],
  },
  {
    what: 'transfers of an account that is gone',
    sql: (books) => [
      remove('balances', books, 'account_id', books.emptied),
      remove('accounts', books, 'id', books.emptied),
    ],
    found: ({ emptied }) => [
      { check: 'transfer_without_balance', accountId: emptied },
      { check: 'transfer_without_balance', accountId: emptied },
    ],
  },
  {
    what: 'a hold of an account that never was',
    sql: (books) => [hold(books, books.released, `account_id = ${NOBODY}`)],
    found: ({ released }) => [{ check: 'hold_without_balance', accountId: NOBODY, holdId: released }],
  },
];

const POSTINGS: Damage[] = [
  {
    what: 'a transfer of nothing',
    sql: (books) => [
      append(books, {
        amount_minor: '0',
        debit_posted_minor: postedOf(books, books.a),
        credit_posted_minor: postedOf(books, books.b),
      }),
    ],
    found: ({ a }) => [{ check: 'transfer_amount', accountId: a, transferId: '1000000' }],
  },
  {
    what: 'a transfer of an account with itself',
    sql: (books) => [
      append(books, {
        credit_account_id: books.a,
        amount_minor: '5',
        credit_posted_minor: postedOf(books, books.a),
        debit_posted_minor: `${postedOf(books, books.a)} - 5`,
      }),
    ],
    found: ({ a }) => [{ check: 'transfer_accounts', accountId: a, transferId: '1000000' }],
  },
  {
    what: 'a reversal of nothing',
    sql: (books) => [transfer(books, books.transfers[0], `kind = 'reversal'`)],
    found: ({ a, transfers }) => [{ check: 'transfer_kind', accountId: a, transferId: transfers[0] }],
  },
  {
    what: 'a transfer in another currency than its accounts',
    sql: (books) => [transfer(books, books.transfers[0], `currency_code = 'EUR'`)],
    found: ({ a, b, transfers: [transferId] }) => [
      { check: 'transfer_currency', accountId: a, transferId, expected: 'USD', found: 'EUR' },
      { check: 'transfer_currency', accountId: b, transferId },
    ],
  },
  {
    what: 'transfers that changed places',
    sql: (books) => [transfer(books, books.transfers[1], `posted_at = posted_at - interval '1 hour'`)],
    found: ({ a, b, transfers: [, transferId] }) =>
      // It is first now: the transfer itself, the previous first one, and the one after it have the wrong balance
      // before them.
      [a, b].flatMap((accountId) => [
        { check: 'posting_order' as const, accountId },
        { check: 'posting_chain' as const, accountId, transferId },
        { check: 'posting_chain' as const, accountId },
        { check: 'posting_chain' as const, accountId },
      ]),
  },
  {
    what: 'a transfer that is gone',
    sql: (books) => [remove('transfers', books, 'id', books.transfers[1])],
    found: ({ a, b, transfers }) => [
      { check: 'posting_chain', accountId: a, transferId: transfers[2], expected: '96000', found: '94000' },
      { check: 'posting_chain', accountId: b, transferId: transfers[2], expected: '54000', found: '56000' },
    ],
  },
  {
    what: 'a transfer of another amount',
    sql: (books) => [transfer(books, books.transfers[1], 'amount_minor = 2001')],
    found: ({ a, b, transfers: [, transferId] }) => [
      { check: 'posting_chain', accountId: a, transferId, expected: '96999', found: '97000' },
      { check: 'posting_chain', accountId: b, transferId, expected: '53001', found: '53000' },
    ],
  },
  {
    what: 'money that a customer’s account gave and did not have',
    sql: (books) => [
      append(books, {
        amount_minor: '10000000',
        debit_posted_minor: `${postedOf(books, books.a)} - 10000000`,
        credit_posted_minor: `${postedOf(books, books.b)} + 10000000`,
      }),
      balance(books.platformId, books.a, 'posted_minor = posted_minor - 10000000'),
      balance(books.platformId, books.b, 'posted_minor = posted_minor + 10000000'),
    ],
    found: ({ a }) => [
      { check: 'posting_range', accountId: a, transferId: '1000000' },
      { check: 'balance_available', accountId: a },
    ],
  },
];

const BALANCES: Damage[] = [
  {
    what: 'a balance that somebody raised',
    sql: ({ platformId, b }) => [balance(platformId, b, 'posted_minor = posted_minor + 1')],
    found: ({ b }) => [
      { check: 'balance_posted', accountId: b },
      { check: 'sum_not_zero', accountId: null, expected: '0 USD', found: '1 USD' },
    ],
  },
  {
    what: 'more locked than holds say',
    sql: ({ platformId, a }) => [balance(platformId, a, 'locked_minor = locked_minor + 1')],
    found: ({ a }) => [{ check: 'balance_locked', accountId: a, expected: '1200', found: '1201' }],
  },
  {
    what: 'more locked than there is',
    sql: (books) => [
      hold(books, books.active, 'amount_minor = 100000000, remaining_minor = 100000000'),
      balance(books.platformId, books.a, 'locked_minor = 100000000'),
    ],
    found: ({ a }) => [{ check: 'balance_available', accountId: a, expected: '0 or more' }],
  },
];

const HOLDS: Damage[] = [
  {
    what: 'a hold whose parts are more than the whole',
    sql: (books) => [hold(books, books.released, 'released_minor = released_minor + 1')],
    found: ({ released }) => [{ check: 'hold_amounts', holdId: released, expected: '1100', found: '1101' }],
  },
  {
    what: 'an active hold of which nothing remains',
    sql: (books) => [hold(books, books.released, `status = 'active'`)],
    found: ({ released }) => [
      { check: 'hold_status', holdId: released, expected: 'an end', found: 'active' },
    ],
  },
  {
    what: 'a hold in another currency than its account',
    sql: (books) => [hold(books, books.released, `currency_code = 'EUR'`)],
    found: ({ released }) => [{ check: 'hold_currency', holdId: released }],
  },
  {
    what: 'a hold of which more was taken than captures took',
    sql: (books) => [
      hold(books, books.captured, 'captured_minor = captured_minor + 1, amount_minor = amount_minor + 1'),
    ],
    found: ({ captured }) => [{ check: 'hold_captured', holdId: captured, expected: '4000', found: '4001' }],
  },
  {
    what: 'a capture of a hold that never was',
    sql: (books) => [transfer(books, books.capture, `hold_id = ${NOBODY}`)],
    found: ({ captured, capture }) => [
      { check: 'hold_captured', holdId: captured, expected: '0', found: '4000' },
      { check: 'capture_without_hold', transferId: capture, holdId: NOBODY },
    ],
  },
  {
    what: 'a capture of another account’s hold',
    sql: (books) => [hold(books, books.captured, `account_id = ${books.b}`)],
    found: ({ a, b, capture }) => [{ check: 'capture_account', transferId: capture, expected: b, found: a }],
  },
];

const REVERSALS: Damage[] = [
  {
    what: 'a reversal of a transfer that never was',
    sql: (books) => [transfer(books, books.reversals[0], `reverses_id = ${NOBODY}`)],
    found: ({ reversals }) => [{ check: 'reversal_without_original', transferId: reversals[0] }],
  },
  {
    what: 'a reversal of a reversal',
    sql: (books) => [transfer(books, books.reversals[1], `reverses_id = ${books.reversals[0]}`)],
    found: ({ reversals }) => [{ check: 'reversal_without_original', transferId: reversals[1] }],
  },
  {
    what: 'a reversal of another transfer than it undoes',
    sql: (books) => [transfer(books, books.reversals[0], `reverses_id = ${books.transfers[0]}`)],
    found: ({ reversals }) => [{ check: 'reversal_mirror', transferId: reversals[0] }],
  },
  {
    what: 'a transfer that was reversed twice',
    sql: (books) => [transfer(books, books.reversals[1], `reverses_id = ${books.originals[0]}`)],
    found: ({ reversals }) => [{ check: 'reversed_twice', transferId: reversals[1] }],
  },
];

export const DAMAGES = [...BELONGING, ...POSTINGS, ...BALANCES, ...HOLDS, ...REVERSALS];
