import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { columns } from '../../database/columns.js';
import { Transfer, type TransferKind } from '../../entities/transfer.entity.js';
import { AppError } from '../../shared/app-error.js';
import { Clock } from '../../shared/clock.js';
import type { TenantObject } from '../../shared/object-id.js';
import { accountEntriesSql, lastEntrySql } from './account-entries.sql.js';

/** Position of a transfer among the transfers of its account. */
export interface Place {
  postedAt: Date;
  id: string;
}

/** The requested period of a statement. */
export interface StatementOrder {
  account: TenantObject;
  /** The first moment of the period; `null`: from the beginning. */
  from: Date | null;
  /** The first moment after the period; `null`: everything posted so far. */
  until: Date | null;
  /** `null`: the first page. */
  resume: StatementPlace | null;
}

/** Cursor of a later page: where it continues, and the end that the first page has fixed. */
export interface StatementPlace {
  until: Date;
  last: Place;
  after: Place;
}

/** A period of an account, with its opening and closing balance, in minor units. */
export interface Statement {
  account: TenantObject;
  currencyCode: string;
  decimals: number;
  from: Date | null;
  until: Date;
  openingMinor: bigint;
  closingMinor: bigint;
  /** The last transfer before `until`, even if it is before `from`; `null`: there is none. */
  last: Place | null;
}

/** A transfer from the perspective of the account. Amounts are minor units as decimal text. */
export interface StatementLine {
  id: string;
  journalId: string;
  kind: TransferKind;
  side: 'debit' | 'credit';
  counterpartyId: string;
  /** Negative for a debit. */
  amountMinor: string;
  /** Posted balance after the transfer. */
  postedMinor: string;
  postedAt: Date;
  effectiveDate: string;
  reference: string | null;
  description: string | null;
  metadata: Record<string, string>;
  reversesId: string | null;
}

export interface StatementPage {
  lines: StatementLine[];
  /** Position of the last line; `null`: there are no more lines. */
  after: Place | null;
}

const BEGINNING = '-infinity';
const END = 'infinity';

/** Reads both balances in one statement, so that they are of the same snapshot. */
export const STATEMENT_SQL = `SELECT balance.currency_code AS "currencyCode", currency.decimals,
    opening.posted AS "openingMinor", closing.posted AS "closingMinor",
    closing.posted_at AS "postedAt", closing.id
  FROM balances balance JOIN currencies currency ON currency.code = balance.currency_code
  LEFT JOIN LATERAL (${lastEntrySql('$3::timestamptz', '0::bigint')}) opening ON true
  LEFT JOIN LATERAL (${lastEntrySql('$4::timestamptz', '$5::bigint')}) closing ON true
  WHERE balance.platform_id = $1::bigint AND balance.account_id = $2::bigint`;

const LINE = ['journalId', 'kind', 'postedAt', 'reference', 'description', 'metadata', 'reversesId'] as const;

export const STATEMENT_LINES_SQL = accountEntriesSql({
  columns: ({ name, counterparty, amount, posted }) => `${columns(Transfer, 't', LINE)}, '${name}' AS side,
    ${counterparty} AS "counterpartyId", ${amount} AS "amountMinor", ${posted} AS "postedMinor",
    t.effective_date::text AS "effectiveDate"`,
  where: `(t.posted_at, t.id) > ($3::timestamptz, $4::bigint)
    AND (t.posted_at, t.id) <= ($5::timestamptz, $6::bigint)`,
  descending: false,
  limit: '$7::int',
});

interface Ends {
  currencyCode: string;
  decimals: number;
  openingMinor: string | null;
  closingMinor: string | null;
  postedAt: Date | null;
  id: string | null;
}

/**
 * Account statements. The first page fixes the last transfer of the period. An account's transfers are in the order of
 * their ids, so a transfer posted later comes after that one and changes no page.
 */
@Injectable()
export class AccountStatements {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError object_not_found */
  async open({ account, from, until, resume }: StatementOrder): Promise<Statement> {
    const { platformId, id } = account;
    const end = resume === null ? [until?.toISOString() ?? END, '0'] : justAfter(resume.last);
    const [ends] = await this.dataSource.query<Ends[]>(STATEMENT_SQL, [
      ...[platformId, id, from?.toISOString() ?? BEGINNING],
      ...end,
    ]);
    if (ends === undefined) throw new AppError('object_not_found');
    const { currencyCode, decimals, openingMinor, closingMinor } = ends;
    const last = ends.postedAt === null || ends.id === null ? null : { postedAt: ends.postedAt, id: ends.id };
    return {
      account,
      currencyCode,
      decimals,
      from,
      last,
      until: resume?.until ?? until ?? this.endOfAll(from, last),
      openingMinor: BigInt(openingMinor ?? 0),
      closingMinor: BigInt(closingMinor ?? 0),
    };
  }

  /** @param after position of the last line of the previous page; `null`: the first page */
  async page({ account, from, last }: Statement, after: Place | null, limit: number): Promise<StatementPage> {
    if (last === null) return { lines: [], after: null };
    const begin = after ?? { postedAt: from, id: '0' };
    const found = await this.dataSource.query<StatementLine[]>(STATEMENT_LINES_SQL, [
      ...[account.platformId, account.id, begin.postedAt?.toISOString() ?? BEGINNING, begin.id],
      ...[last.postedAt.toISOString(), last.id, limit + 1],
    ]);
    const lines = found.slice(0, limit);
    const end = lines.at(-1);
    const isMore = found.length > limit && end !== undefined;
    return { lines, after: isMore ? { postedAt: end.postedAt, id: end.id } : null };
  }

  /** All lines, page by page; the next page is read on demand. */
  async *pages(statement: Statement, limit: number): AsyncGenerator<StatementLine[]> {
    for (let after: Place | null = null; ;) {
      const page: StatementPage = await this.page(statement, after, limit);
      yield page.lines;
      if (page.after === null) return;
      after = page.after;
    }
  }

  /**
   * Now, or later: when the process that posted the last transfer has a clock ahead of this one, or when the period
   * begins later.
   */
  private endOfAll(from: Date | null, last: Place | null): Date {
    const now = this.clock.now().getTime();
    return new Date(Math.max(now, from?.getTime() ?? 0, last === null ? 0 : last.postedAt.getTime() + 1));
  }
}

function justAfter({ postedAt, id }: Place): [at: string, id: string] {
  return [postedAt.toISOString(), String(BigInt(id) + 1n)];
}
