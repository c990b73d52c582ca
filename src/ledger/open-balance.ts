import type { BalanceView } from './balances.service.js';

/**
 * Part of the opening statement: a zero balance for the account row that the named CTE returns.
 * @param accountCte name of a CTE that returns `platform_id`, `id`, `currency_code` and `created_at`
 * @param balanceId SQL of the balance's id, such as `$8::bigint`
 */
export function openBalanceSql(accountCte: string, balanceId: string, mayBeNegative = false): string {
  return `INSERT INTO balances (platform_id, id, account_id, currency_code, may_be_negative, posted_minor, locked_minor,
    created_at, updated_at)
  SELECT platform_id, ${balanceId}, id, currency_code, ${String(mayBeNegative)}, 0, 0, created_at, created_at FROM ${accountCte}`;
}

/** The balance that statement writes. */
export function zeroBalance(id: string, now: Date): BalanceView {
  return { id, postedMinor: 0n, lockedMinor: 0n, createdAt: now, updatedAt: now };
}
