import { PLATFORM_ID, type RowColumn } from '../database/row-columns.js';
import type { Holding } from './balance-sheet.js';
import type { PostedTransfer } from './posted-transfer.js';

/** The new values of a balance row. */
export interface SavedBalance extends Pick<Holding, 'accountId' | 'postedMinor' | 'lockedMinor'> {
  platformId: string;
  at: Date;
}

/** The columns that `saveBalancesSql` reads. */
export const BALANCE_COLUMNS: readonly RowColumn<SavedBalance>[] = [
  PLATFORM_ID,
  { name: 'account_id', type: 'bigint', of: ({ accountId }) => accountId },
  { name: 'posted', type: 'bigint', of: ({ postedMinor }) => String(postedMinor) },
  { name: 'locked', type: 'bigint', of: ({ lockedMinor }) => String(lockedMinor) },
  { name: 'at', type: 'timestamptz', of: ({ at }) => at },
];

/** @param from FROM item of the rows, with the alias `saved` */
export function saveBalancesSql(from: string): string {
  return `UPDATE balances b SET posted_minor = saved.posted, locked_minor = saved.locked, updated_at = saved.at
  FROM ${from} WHERE b.platform_id = saved.platform_id AND b.account_id = saved.account_id`;
}

/** The columns that `insertTransfersSql` reads. */
export const TRANSFER_ROWS: readonly RowColumn<PostedTransfer>[] = [
  PLATFORM_ID,
  { name: 'id', type: 'bigint', of: ({ id }) => id },
  { name: 'journal_id', type: 'bigint', of: ({ journalId }) => journalId },
  { name: 'kind', type: 'text', of: ({ kind }) => kind },
  { name: 'debit_account_id', type: 'bigint', of: ({ debitAccountId }) => debitAccountId },
  { name: 'credit_account_id', type: 'bigint', of: ({ creditAccountId }) => creditAccountId },
  { name: 'currency_code', type: 'text', of: ({ currencyCode }) => currencyCode },
  { name: 'amount_minor', type: 'bigint', of: ({ amountMinor }) => String(amountMinor) },
  { name: 'debit_posted_minor', type: 'bigint', of: ({ debitPostedMinor }) => String(debitPostedMinor) },
  { name: 'credit_posted_minor', type: 'bigint', of: ({ creditPostedMinor }) => String(creditPostedMinor) },
  { name: 'posted_at', type: 'timestamptz', of: ({ postedAt }) => postedAt },
  { name: 'effective_date', type: 'date', of: ({ effectiveDate }) => effectiveDate },
  { name: 'reference', type: 'text', of: ({ reference }) => reference },
  { name: 'description', type: 'text', of: ({ description }) => description },
  { name: 'metadata', type: 'jsonb', of: ({ metadata }) => JSON.stringify(metadata) },
  { name: 'reverses_id', type: 'bigint', of: ({ reversesId }) => reversesId ?? null },
  { name: 'hold_id', type: 'bigint', of: ({ holdId }) => holdId ?? null },
];

/** @param from FROM item of the rows */
export function insertTransfersSql(from: string): string {
  const names = TRANSFER_ROWS.map(({ name }) => name).join(', ');
  return `INSERT INTO transfers (${names}) SELECT ${names} FROM ${from} ORDER BY number`;
}
