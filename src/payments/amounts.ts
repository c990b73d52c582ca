import type { EntityManager } from 'typeorm';
import type { Channel } from '../entities/account.entity.js';
import { AppError, type FieldViolation } from '../shared/app-error.js';
import { MAX_AMOUNT_MINOR, toMinorUnits } from '../shared/money.js';

/** The immutable fields of an account that amounts are checked against. */
export interface AccountMoney {
  id: string;
  channel: Channel;
  currencyCode: string;
  decimals: number;
}

/**
 * Channel and currency of accounts of one platform, by id.
 * @throws AppError object_not_found when one does not exist
 */
export async function findMoney(
  on: EntityManager,
  platformId: string,
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, AccountMoney>> {
  const ids = [...new Set(accountIds)];
  const rows = await on.query<AccountMoney[]>(
    `SELECT a.id, a.channel, a.currency_code AS "currencyCode", currency.decimals
     FROM accounts a JOIN currencies currency ON currency.code = a.currency_code
     WHERE a.platform_id = $1 AND a.id = ANY($2::bigint[])`,
    [platformId, ids],
  );
  if (rows.length < ids.length) throw new AppError('object_not_found');
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Converts an amount in major units to minor units.
 * @param path field of the request, for the error
 * @throws AppError validation_failed: not positive, too large, or more decimals than the currency has
 */
export function amountIn(
  { currencyCode, decimals }: Pick<AccountMoney, 'currencyCode' | 'decimals'>,
  path: string,
  amount: number,
): bigint {
  const minor = toMinorUnits(amount, decimals);
  if (minor === null)
    throw invalid(path, `must have at most ${decimals} decimals in ${currencyCode}`, amount);
  if (minor <= 0n) throw invalid(path, 'must be more than 0', amount);
  if (minor >= MAX_AMOUNT_MINOR) throw invalid(path, `is too large for ${currencyCode}`, amount);
  return minor;
}

/** An AppError validation_failed for one field. */
export function invalid(path: string, message: string, invalidValue: unknown): AppError {
  const field: FieldViolation = { path, constraint: 'range', message, invalidValue };
  return new AppError('validation_failed', { fields: [field] });
}
