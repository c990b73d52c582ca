import { AUDIT_COLUMNS, appendSql, type AuditRecord } from '../audit/audit-trail.service.js';
import { prepare } from '../database/prepared.js';
import { PLATFORM_ID, type RowColumn, rowsParameters, rowsSql, rowsWidth } from '../database/row-columns.js';
import type { NewEvent } from '../events/event-types.js';
import { EVENT_COLUMNS, publishSql } from '../events/outbox.service.js';
import {
  BALANCE_COLUMNS,
  insertTransfersSql,
  type SavedBalance,
  saveBalancesSql,
  TRANSFER_ROWS,
} from '../ledger/ledger.sql.js';
import type { PostedTransfer } from '../ledger/posted-transfer.js';

const ENTRY_COLUMNS: readonly RowColumn<AuditRecord>[] = [PLATFORM_ID, ...AUDIT_COLUMNS];

/** First parameter number of each kind of row; `$1` is the time. */
const BALANCES = 2;
const TRANSFERS = BALANCES + rowsWidth(BALANCE_COLUMNS);
const ENTRIES = TRANSFERS + rowsWidth(TRANSFER_ROWS);
const FIRST = {
  balances: BALANCES,
  transfers: TRANSFERS,
  entries: ENTRIES,
  events: ENTRIES + rowsWidth(ENTRY_COLUMNS),
};

/** Everything that postings write, in one statement. */
export const INSERT_POSTINGS = prepare(
  'insert-postings',
  `WITH saved AS (
    ${saveBalancesSql(rowsSql(BALANCE_COLUMNS, FIRST.balances, 'saved'))}
  ), transfer AS (
    ${insertTransfersSql(rowsSql(TRANSFER_ROWS, FIRST.transfers, 'transfer'))}
  ), ${appendSql(rowsSql(ENTRY_COLUMNS, FIRST.entries, 'entry'), '$1')}
  ${publishSql(rowsSql(EVENT_COLUMNS, FIRST.events, 'event'))}`,
);

export interface WrittenPostings {
  balances: readonly SavedBalance[];
  transfers: readonly PostedTransfer[];
  entries: readonly AuditRecord[];
  events: readonly NewEvent[];
}

/** The parameters of `INSERT_POSTINGS`. */
export function insertPostingsParameters(now: Date, written: WrittenPostings): unknown[] {
  return [
    now,
    ...rowsParameters(BALANCE_COLUMNS, written.balances),
    ...rowsParameters(TRANSFER_ROWS, written.transfers),
    ...rowsParameters(ENTRY_COLUMNS, written.entries),
    ...rowsParameters(EVENT_COLUMNS, written.events),
  ];
}
