import type { EntityManager } from 'typeorm';

/** A balance as it is locked. */
export interface LockedBalanceRow {
  accountId: string;
  currencyCode: string;
  mayBeNegative: boolean;
  /** Minor units as decimal text, as `lockedMinor`. */
  postedMinor: string;
  lockedMinor: string;
  updatedAt: Date;
}

/**
 * Locks balances in the order of their account ids, which rules out deadlocks. Every statement sequence that moves
 * money or changes what an account may do begins with this lock, so what it reads afterwards cannot change until it
 * commits.
 */
export async function lockBalances(
  tx: EntityManager,
  platformId: string,
  accountIds: readonly string[],
): Promise<LockedBalanceRow[]> {
  return tx.query<LockedBalanceRow[]>(
    `SELECT account_id AS "accountId", currency_code AS "currencyCode", may_be_negative AS "mayBeNegative",
       posted_minor AS "postedMinor", locked_minor AS "lockedMinor", updated_at AS "updatedAt"
     FROM balances WHERE platform_id = $1 AND account_id = ANY($2::bigint[])
     ORDER BY account_id FOR NO KEY UPDATE`,
    [platformId, accountIds],
  );
}
