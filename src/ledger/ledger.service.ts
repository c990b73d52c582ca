import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../shared/clock.js';
import { prepare, runPrepared } from '../database/prepared.js';
import { rowsParameters, rowsSql, rowsWidth } from '../database/row-columns.js';
import { type LockedBalanceRow, lockBalances } from './balances.sql.js';
import { BalanceSheet } from './balance-sheet.js';
import {
  BALANCE_COLUMNS,
  insertTransfersSql,
  type SavedBalance,
  saveBalancesSql,
  TRANSFER_ROWS,
} from './ledger.sql.js';
import type { Leg, PostedTransfer } from './posted-transfer.js';

/** Balances that are locked until the transaction ends. */
export interface LockedBalances {
  platformId: string;
  sheet: BalanceSheet;
  /**
   * Time of the postings: never earlier than the last change of any of the accounts, even if the clocks of two
   * processes differ.
   */
  at: Date;
}

const SAVE = prepare('save-balances', saveBalancesSql(rowsSql(BALANCE_COLUMNS, 1, 'saved')));

const POST = prepare(
  'post-transfers',
  `WITH changed AS (
    ${saveBalancesSql(rowsSql(BALANCE_COLUMNS, 1, 'saved'))}
  ) ${insertTransfersSql(rowsSql(TRANSFER_ROWS, rowsWidth(BALANCE_COLUMNS) + 1, 'transfer'))}`,
);

const NUMBER = prepare(
  'number-transfers',
  `SELECT nextval('transfers_id_seq') AS id FROM generate_series(1, $1::int)`,
);

/** Builds the balance sheet of locked rows. */
export function toLockedBalances(
  platformId: string,
  rows: readonly LockedBalanceRow[],
  now: Date,
): LockedBalances {
  const latest = Math.max(now.getTime(), ...rows.map(({ updatedAt }) => updatedAt.getTime()));
  const holdings = rows.map(({ accountId, currencyCode, mayBeNegative, postedMinor, lockedMinor }) => ({
    accountId,
    currencyCode,
    mayBeNegative,
    postedMinor: BigInt(postedMinor),
    lockedMinor: BigInt(lockedMinor),
  }));
  return { platformId, sheet: new BalanceSheet(holdings), at: new Date(latest) };
}

/**
 * Applies the legs to the balance sheet in order, all or none.
 * @param ids transfer ids, which must be reserved while all accounts are locked: an account's transfers are in the
 *   order of their ids
 * @throws AppError insufficient_funds, balance_limit_exceeded, currency_mismatch, object_not_found
 */
export function postLegs(
  { platformId, sheet: sheet, at }: LockedBalances,
  legs: readonly Leg[],
  ids: readonly string[],
): PostedTransfer[] {
  const accountIds = legs.flatMap(({ debitAccountId, creditAccountId }) => [debitAccountId, creditAccountId]);
  return sheet.atomically(accountIds, () =>
    legs.map((leg, index) => ({
      ...leg,
      platformId,
      id: ids[index] ?? '',
      journalId: ids[0] ?? '',
      ...sheet.transfer(leg.debitAccountId, leg.creditAccountId, leg.amountMinor),
      postedAt: at,
      currencyCode: sheet.get(leg.debitAccountId).currencyCode,
      effectiveDate: leg.effectiveDate ?? at.toISOString().slice(0, 10),
    })),
  );
}

/** The changed balances, to be saved. */
export function savedBalances({ platformId, sheet: sheet, at }: LockedBalances): SavedBalance[] {
  return sheet.changed().map((holding) => ({ ...holding, platformId, at }));
}

/** Posts transfers on locked balances. It knows accounts and amounts, but not their holders or the reason. */
@Injectable()
export class LedgerService {
  constructor(private readonly clock: Clock) {}

  /** Locks balances until the transaction ends. An account that does not exist is missing from the balance sheet. */
  async lock(tx: EntityManager, platformId: string, accountIds: readonly string[]): Promise<LockedBalances> {
    const rows = await lockBalances(tx, platformId, [...new Set(accountIds)]);
    return toLockedBalances(platformId, rows, this.clock.now());
  }

  /**
   * Posts the legs in order, all or none, and writes the transfers and all changed balances, including earlier changes
   * to the balance sheet such as the unlocking of a hold.
   * @throws AppError insufficient_funds, balance_limit_exceeded, currency_mismatch, object_not_found
   */
  async post(tx: EntityManager, balances: LockedBalances, legs: readonly Leg[]): Promise<PostedTransfer[]> {
    const transfers = postLegs(balances, legs, await this.nextIds(tx, legs.length));
    await runPrepared(tx, POST, [
      ...rowsParameters(BALANCE_COLUMNS, savedBalances(balances)),
      ...rowsParameters(TRANSFER_ROWS, transfers),
    ]);
    return transfers;
  }

  /** Reserves transfer ids. The accounts must be locked. */
  async nextIds(tx: EntityManager, count: number): Promise<string[]> {
    const rows = await runPrepared<{ id: string }>(tx, NUMBER, [count]);
    return rows.map(({ id }) => id);
  }

  /** Writes the changed balances. */
  async save(tx: EntityManager, balances: LockedBalances): Promise<void> {
    await runPrepared(tx, SAVE, rowsParameters(BALANCE_COLUMNS, savedBalances(balances)));
  }
}
