/** The balance of an account, in minor units of its currency. */
export interface BalanceView {
  id: string;
  postedMinor: bigint;
  lockedMinor: bigint;
  createdAt: Date;
  updatedAt: Date;
}

/**
 * SQL that inserts a zero balance for each account row. Part of the statement that inserts the accounts.
 * @param accountCte name of a CTE, or FROM item, with `platform_id`, `id`, `currency_code` and `created_at`
 * @param balanceId SQL of the balance id, such as `$8::bigint`
 */
export function openBalanceSql(accountCte: string, balanceId: string, mayBeNegative = false): string {
  return `INSERT INTO balances (platform_id, id, account_id, currency_code, may_be_negative, posted_minor, locked_minor,
    created_at, updated_at)
  SELECT platform_id, ${balanceId}, id, currency_code, ${String(mayBeNegative)}, 0, 0, created_at, created_at FROM ${accountCte}`;
}

/** The balance that `openBalanceSql` inserts. */
export function zeroBalance(id: string, now: Date): BalanceView {
  return { id, postedMinor: 0n, lockedMinor: 0n, createdAt: now, updatedAt: now };
}
