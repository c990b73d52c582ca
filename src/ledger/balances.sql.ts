import type { EntityManager } from 'typeorm';
import { columns } from '../database/columns.js';
import { Balance } from '../entities/balance.entity.js';

export const LOCKED_BALANCE = [
  'accountId',
  'currencyCode',
  'mayBeNegative',
  'postedMinor',
  'lockedMinor',
  'updatedAt',
] as const satisfies readonly (keyof Balance)[];

/** A locked balance. Amounts are minor units as decimal text. */
export type LockedBalanceRow = Pick<Balance, (typeof LOCKED_BALANCE)[number]>;

/**
 * Locks the balance rows in ascending order of account id, so that transactions cannot deadlock on them. Every
 * transaction that moves money or changes the state of an account takes these locks first; rows that it reads after
 * them are current.
 */
export async function lockBalances(
  tx: EntityManager,
  platformId: string,
  accountIds: readonly string[],
): Promise<LockedBalanceRow[]> {
  return tx.query<LockedBalanceRow[]>(
    `SELECT ${columns(Balance, 'b', LOCKED_BALANCE)}
     FROM balances b WHERE b.platform_id = $1 AND b.account_id = ANY($2::bigint[])
     ORDER BY b.account_id FOR NO KEY UPDATE`,
    [platformId, accountIds],
  );
}
