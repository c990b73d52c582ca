/** SQL of the columns of one side of a transfer `t`. */
export interface EntrySide {
  name: 'debit' | 'credit';
  account: string;
  counterparty: string;
  /** Signed amount: negative for a debit. */
  amount: string;
  /** Posted balance of the account after the transfer. */
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
  /** SQL of the columns of transfers `t` besides `posted_at` and `id`. */
  columns: (side: EntrySide) => string;
  /**
   * A comparison with (t.posted_at, t.id), at which the index scans begin. With several lower bounds, PostgreSQL may
   * start the scan at the looser one.
   */
  where: string;
  descending: boolean;
  /** SQL of the number of entries. */
  limit: string;
}

/**
 * SQL of the entries of the account `$2` of the platform `$1`, in the order of posting. It merges two index scans, one
 * per side, each in that order and of at most `limit` rows, so the cost does not depend on the account's history.
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

/** The last entry before the position (`at`, `id`): its `posted_at`, `id`, and `posted`, the balance after it. */
export function lastEntrySql(at: string, id: string): string {
  return accountEntriesSql({
    columns: ({ posted }) => `${posted} AS posted`,
    where: `(t.posted_at, t.id) < (${at}, ${id})`,
    descending: true,
    limit: '1',
  });
}
