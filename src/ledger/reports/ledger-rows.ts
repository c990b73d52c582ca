import type { EntityManager } from 'typeorm';
import { columns } from '../../database/columns.js';
import { Balance } from '../../entities/balance.entity.js';
import { Hold } from '../../entities/hold.entity.js';
import { Transfer } from '../../entities/transfer.entity.js';
import { ENTRY_SIDES, type EntrySide } from './account-entries.sql.js';
import type { LedgerCheck } from './verification.js';
import { RowStream } from './row-stream.js';

/** In all row types, ids and amounts are decimal text, and amounts are minor units. */
export interface LedgerAccountRow {
  accountId: string;
  currencyCode: string;
  isSettlement: boolean;
}

export interface StoredBalanceRow {
  accountId: string;
  currencyCode: string;
  mayBeNegative: boolean;
  postedMinor: string;
  lockedMinor: string;
}

/** One side of a transfer. */
export interface EntryRow {
  accountId: string;
  /** Seconds since 1970. */
  postedAt: number;
  id: string;
  isDebit: boolean;
  amountMinor: string;
  /** Posted balance of the account after the transfer. */
  postedMinor: string;
  currencyCode: string;
  /** The check that the transfer fails by itself; `null`: none. */
  fault: LedgerCheck | null;
}

export interface HoldRow {
  accountId: string;
  id: string;
  currencyCode: string;
  amountMinor: string;
  capturedMinor: string;
  releasedMinor: string;
  remainingMinor: string;
  status: string;
  /** Sum of the transfers that captured the hold. */
  takenMinor: string;
}

export interface CaptureRow {
  holdId: string;
  id: string;
  debitAccountId: string;
  /** Account of the hold; `null`: the hold does not exist. */
  holdAccountId: string | null;
}

export interface ReversalRow {
  reversesId: string;
  id: string;
  /**
   * Whether it is the exact opposite of the original; `null`: the original does not exist, or is a reversal itself.
   */
  isMirror: boolean | null;
}

const PAGE = 5_000;

const ACCOUNTS_SQL = `SELECT a.id AS "accountId", a.currency_code AS "currencyCode",
    a.channel = 'settlement' AS "isSettlement"
  FROM accounts a WHERE a.platform_id = $1::bigint AND a.id > $2::bigint ORDER BY a.id LIMIT ${PAGE}`;

const BALANCES_SQL = `SELECT ${columns(Balance, 'b', ['accountId', 'currencyCode', 'mayBeNegative', 'postedMinor', 'lockedMinor'])}
  FROM balances b WHERE b.platform_id = $1::bigint AND b.account_id > $2::bigint
  ORDER BY b.account_id LIMIT ${PAGE}`;

/** Repeats the CHECK constraints of the table, in case they were dropped. */
const FAULT_SQL = `CASE
    WHEN t.amount_minor <= 0 OR t.amount_minor >= 1000000000000000 THEN 'transfer_amount'
    WHEN t.debit_account_id = t.credit_account_id THEN 'transfer_accounts'
    WHEN (t.kind = 'reversal') <> (t.reverses_id IS NOT NULL) OR (t.kind = 'capture') <> (t.hold_id IS NOT NULL)
      THEN 'transfer_kind' END`;

const entriesSql = ({ name, account, posted }: EntrySide): string =>
  `SELECT ${account} AS "accountId", date_part('epoch', t.posted_at) AS "postedAt", t.id,
    ${String(name === 'debit')} AS "isDebit", t.amount_minor AS "amountMinor", ${posted} AS "postedMinor",
    t.currency_code AS "currencyCode", ${FAULT_SQL} AS fault
  FROM transfers t WHERE t.platform_id = $1::bigint
    AND (${account}, t.posted_at, t.id) > ($2::bigint, to_timestamp($3::float8), $4::bigint)
  ORDER BY ${account}, t.posted_at, t.id LIMIT ${PAGE}`;

const [DEBITS_SQL, CREDITS_SQL] = [entriesSql(ENTRY_SIDES[0]), entriesSql(ENTRY_SIDES[1])];

const OF_HOLD = [
  'accountId',
  'id',
  'currencyCode',
  'amountMinor',
  'capturedMinor',
  'releasedMinor',
  'remainingMinor',
  'status',
] as const;
const HOLDS_SQL = `SELECT ${columns(Hold, 'h', OF_HOLD)},
    (SELECT COALESCE(sum(t.amount_minor), 0)::text FROM transfers t
      WHERE t.platform_id = h.platform_id AND t.hold_id = h.id) AS "takenMinor"
  FROM holds h WHERE h.platform_id = $1::bigint AND (h.account_id, h.id) > ($2::bigint, $3::bigint)
  ORDER BY h.account_id, h.id LIMIT ${PAGE}`;

const CAPTURES_SQL = `SELECT ${columns(Transfer, 't', ['holdId', 'id', 'debitAccountId'])},
    h.account_id AS "holdAccountId"
  FROM transfers t LEFT JOIN holds h ON h.platform_id = t.platform_id AND h.id = t.hold_id
  WHERE t.platform_id = $1::bigint AND t.hold_id IS NOT NULL AND (t.hold_id, t.id) > ($2::bigint, $3::bigint)
  ORDER BY t.hold_id, t.id LIMIT ${PAGE}`;

const REVERSALS_SQL = `SELECT ${columns(Transfer, 't', ['reversesId', 'id'])},
    o.debit_account_id = t.credit_account_id AND o.credit_account_id = t.debit_account_id
      AND o.amount_minor = t.amount_minor AND o.currency_code = t.currency_code AND o.id < t.id AS "isMirror"
  FROM transfers t LEFT JOIN transfers o
    ON o.platform_id = t.platform_id AND o.id = t.reverses_id AND o.reverses_id IS NULL
  WHERE t.platform_id = $1::bigint AND t.reverses_id IS NOT NULL AND (t.reverses_id, t.id) > ($2::bigint, $3::bigint)
  ORDER BY t.reverses_id, t.id LIMIT ${PAGE}`;

/** The rows of one platform as streams, ordered so that they can be merged by account. */
export interface LedgerRows {
  accounts: RowStream<LedgerAccountRow>;
  balances: RowStream<StoredBalanceRow>;
  debits: RowStream<EntryRow>;
  credits: RowStream<EntryRow>;
  holds: RowStream<HoldRow>;
  captures: RowStream<CaptureRow>;
  reversals: RowStream<ReversalRow>;
}

/** The lowest bigint: below every id, even an invalid negative one. */
const LOWEST = '-9223372036854775808';

/** @param tx a snapshot (snapshot.ts) */
export function ledgerRows(tx: EntityManager, platformId: string): LedgerRows {
  const stream = <Row>(sql: string, keyOf: (last: Row | null) => string[]): RowStream<Row> =>
    new RowStream((last) => tx.query<Row[]>(sql, [platformId, ...keyOf(last)]));
  return {
    accounts: stream<LedgerAccountRow>(ACCOUNTS_SQL, (last) => [last?.accountId ?? LOWEST]),
    balances: stream<StoredBalanceRow>(BALANCES_SQL, (last) => [last?.accountId ?? LOWEST]),
    debits: stream<EntryRow>(DEBITS_SQL, entryKey),
    credits: stream<EntryRow>(CREDITS_SQL, entryKey),
    holds: stream<HoldRow>(HOLDS_SQL, (last) => [last?.accountId ?? LOWEST, last?.id ?? LOWEST]),
    captures: stream<CaptureRow>(CAPTURES_SQL, (last) => [last?.holdId ?? LOWEST, last?.id ?? LOWEST]),
    reversals: stream<ReversalRow>(REVERSALS_SQL, (last) => [last?.reversesId ?? LOWEST, last?.id ?? LOWEST]),
  };
}

function entryKey(last: EntryRow | null): string[] {
  return last === null ? [LOWEST, '-Infinity', LOWEST] : [last.accountId, String(last.postedAt), last.id];
}

/** Compares ids numerically by their decimal text: without leading zeros, the longer one is greater. */
export function compareIds(a: string, b: string): number {
  if (a.startsWith('-') || b.startsWith('-')) return BigInt(a) < BigInt(b) ? -1 : Number(a !== b);
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : Number(a > b);
}
