/** One side of a transfer, in the names of its columns. */
export interface EntrySide {
  name: 'debit' | 'credit';
  account: string;
  counterparty: string;
  /** SQL of the amount as it changed the account. */
  amount: string;
  /** Posted balance of the account after it. */
  posted: string;
}

export const ENTRY_SIDES: readonly [debit: EntrySide, credit: EntrySide] = [
  {
    name: 'debit',
    account: 't.debit_account_id',
    counterparty: 't.credit_account_id',
    amount: '-t.amount_minor',
    posted: 't.debit_posted_minor',
  },
  {
    name: 'credit',
    account: 't.credit_account_id',
    counterparty: 't.debit_account_id',
    amount: 't.amount_minor',
    posted: 't.credit_posted_minor',
  },
];

interface Entries {
  /** SQL of the columns beside `posted_at` and `id`, of transfers `t`. */
  columns: (side: EntrySide) => string;
  /** One comparison with (t.posted_at, t.id): it is where the scans begin, and of two the server may take the looser. */
  where: string;
  descending: boolean;
  /** SQL of the number of entries. */
  limit: string;
}

/**
 * The entries of account `$2` of platform `$1` in the order of posting: two index scans, each in that order and of at
 * most `limit` rows, merged. The cost does not depend on the length of the account's history.
 */
export function accountEntriesSql({ columns, where, descending, limit }: Entries): string {
  const direction = descending ? 'DESC' : 'ASC';
  const halves = ENTRY_SIDES.map(
    (side) => `(SELECT t.posted_at, t.id, ${columns(side)} FROM transfers t
      WHERE t.platform_id = $1::bigint AND ${side.account} = $2::bigint AND ${where}
      ORDER BY t.posted_at ${direction}, t.id ${direction} LIMIT ${limit})`,
  );
  return `SELECT * FROM (${halves.join(' UNION ALL ')}) entry
    ORDER BY posted_at ${direction}, id ${direction} LIMIT ${limit}`;
}

/** The last entry before a place: `posted_at`, `id`, and the balance `posted` after it. */
export function lastEntrySql(at: string, id: string): string {
  return accountEntriesSql({
    columns: ({ posted }) => `${posted} AS posted`,
    where: `(t.posted_at, t.id) < (${at}, ${id})`,
    descending: true,
    limit: '1',
  });
}
