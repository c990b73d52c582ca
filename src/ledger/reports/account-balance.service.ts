import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { OTHER_DAY_SQL } from '../../entities/transfer.entity.js';
import { AppError } from '../../shared/app-error.js';
import { Clock } from '../../shared/clock.js';
import { MAX_AMOUNT_MINOR } from '../../shared/money.js';
import type { TenantObject } from '../../shared/object-id.js';
import { ENTRY_SIDES, type EntrySide, lastEntrySql } from './account-entries.sql.js';

/**
 * The requested time of a balance: now (`at` null), a past moment, or all effective dates up to and including a day.
 */
export type BalanceTime = { at: Date | null } | { effectiveDate: string };

/** The balance of an account at a time, in minor units; `null`: not requested or not known. */
export interface BalanceAt {
  account: TenantObject;
  currencyCode: string;
  decimals: number;
  at: Date | null;
  effectiveDate: string | null;
  postedMinor: bigint | null;
  /** Only for the current balance: past locked amounts are not stored. */
  lockedMinor: bigint | null;
  /** Sum of the transfers with this effective date or an earlier one. */
  effectiveMinor: bigint | null;
}

interface Row {
  currencyCode: string;
  decimals: number;
  postedMinor: string | null;
  lockedMinor: string;
}

const FROM_SQL = `FROM balances balance JOIN currencies currency ON currency.code = balance.currency_code`;
const WHERE_SQL = `WHERE balance.platform_id = $1::bigint AND balance.account_id = $2::bigint`;
const TERMS_SQL = `balance.currency_code AS "currencyCode", currency.decimals`;

const PRESENT_SQL = `SELECT ${TERMS_SQL}, balance.posted_minor AS "postedMinor", balance.locked_minor AS "lockedMinor"
  ${FROM_SQL} ${WHERE_SQL}`;

const PAST_SQL = `SELECT ${TERMS_SQL}, entry.posted AS "postedMinor" ${FROM_SQL}
  LEFT JOIN LATERAL (${lastEntrySql('$3::timestamptz', '9223372036854775807')}) entry ON true ${WHERE_SQL}`;

/** The first moment after the day `$3`. Ledger days are UTC days. */
const END_OF_DAY_SQL = `(($3::date + 1)::timestamp AT TIME ZONE 'UTC')`;

/**
 * Sum of a side's entries that were posted after the day with an effective date up to it, minus those that were posted
 * up to the day with a later effective date.
 */
const movedSql = ({ account, amount }: EntrySide): string =>
  `COALESCE((SELECT sum(CASE WHEN t.effective_date <= $3::date THEN ${amount} ELSE -(${amount}) END)
    FROM transfers t WHERE t.platform_id = $1::bigint AND ${account} = $2::bigint AND ${OTHER_DAY_SQL}
      AND (t.effective_date <= $3::date) <> (t.posted_at < ${END_OF_DAY_SQL})), 0)`;

/**
 * The posted balance at the end of the day, corrected by the transfers with an effective date other than their date of
 * posting. Partial indexes cover those transfers, so no other rows are read.
 */
export const EFFECTIVE_SQL = `SELECT ${TERMS_SQL},
    (COALESCE(entry.posted, 0) + ${ENTRY_SIDES.map(movedSql).join(' + ')})::text AS "postedMinor" ${FROM_SQL}
  LEFT JOIN LATERAL (${lastEntrySql(END_OF_DAY_SQL, '0::bigint')}) entry ON true ${WHERE_SQL}`;

/** Reads current, past and effective-dated balances. */
@Injectable()
export class AccountBalances {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws AppError object_not_found; balance_limit_exceeded when the effective-dated sum reaches 10^15 minor units,
   *   which no posted balance can
   */
  async get(account: TenantObject, time: BalanceTime): Promise<BalanceAt> {
    if ('effectiveDate' in time) return this.effective(account, time.effectiveDate);
    return time.at === null ? this.present(account) : this.past(account, time.at);
  }

  private async present(account: TenantObject): Promise<BalanceAt> {
    const { postedMinor, lockedMinor, ...terms } = await this.row(PRESENT_SQL, account);
    return {
      account,
      ...terms,
      at: this.clock.now(),
      effectiveDate: null,
      effectiveMinor: null,
      postedMinor: BigInt(postedMinor ?? 0),
      lockedMinor: BigInt(lockedMinor),
    };
  }

  private async past(account: TenantObject, at: Date): Promise<BalanceAt> {
    const { postedMinor, ...terms } = await this.row(PAST_SQL, account, at.toISOString());
    return {
      account,
      ...terms,
      at,
      effectiveDate: null,
      effectiveMinor: null,
      lockedMinor: null,
      postedMinor: BigInt(postedMinor ?? 0),
    };
  }

  private async effective(account: TenantObject, effectiveDate: string): Promise<BalanceAt> {
    const { postedMinor, ...terms } = await this.row(EFFECTIVE_SQL, account, effectiveDate);
    const effectiveMinor = BigInt(postedMinor ?? 0);
    if (effectiveMinor >= MAX_AMOUNT_MINOR || effectiveMinor <= -MAX_AMOUNT_MINOR)
      throw new AppError('balance_limit_exceeded');
    return {
      account,
      ...terms,
      at: null,
      effectiveDate,
      effectiveMinor,
      postedMinor: null,
      lockedMinor: null,
    };
  }

  private async row(sql: string, { platformId, id }: TenantObject, time?: string): Promise<Row> {
    const parameters = time === undefined ? [platformId, id] : [platformId, id, time];
    const [row] = await this.dataSource.query<Row[]>(sql, parameters);
    if (row === undefined) throw new AppError('object_not_found');
    return row;
  }
}
