import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { columns } from '../../database/columns.js';
import { Transfer, type TransferKind } from '../../entities/transfer.entity.js';
import { AppError } from '../../shared/app-error.js';
import { Clock } from '../../shared/clock.js';
import type { TenantObject } from '../../shared/object-id.js';
import { accountEntriesSql, lastEntrySql } from './account-entries.sql.js';

/** A transfer's place among those of its account. */
export interface Place {
  postedAt: Date;
  id: string;
}

/** The account and period of a statement. */
export interface StatementOrder {
  account: TenantObject;
  /** The first moment of the period; `null`: from the beginning. */
  from: Date | null;
  /** The first moment after the period; `null`: up to now. */
  until: Date | null;
  /** `null`: the first page. */
  resume: StatementPlace | null;
}

/** Where a later page of a statement goes on, and where its first page found the end. */
export interface StatementPlace {
  until: Date;
  last: Place;
  after: Place;
}

/** A period of an account, with the balances at its ends, in minor units. */
export interface Statement {
  account: TenantObject;
  currencyCode: string;
  decimals: number;
  from: Date | null;
  until: Date;
  openingMinor: bigint;
  closingMinor: bigint;
  /** The last transfer before `until`, in any period; `null`: there is none. */
  last: Place | null;
}

/** A transfer as the account sees it. Amounts are minor units as decimal text. */
export interface StatementLine {
  id: string;
  journalId: string;
  kind: TransferKind;
  side: 'debit' | 'credit';
  counterpartyId: string;
  /** Negative for a debit. */
  amountMinor: string;
  /** Posted balance after it. */
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
  /** The place of the last line, when there are more. */
  after: Place | null;
}

const BEGINNING = '-infinity';
const END = 'infinity';

/** Both ends in one statement, so that nothing is posted between them. */
export const STATEMENT_SQL = `SELECT balance.currency_code AS "currencyCode", currency.decimals,
    opening.posted AS "openingMinor", closing.posted AS "closingMinor",
    closing.posted_at AS "postedAt", closing.id
  FROM balances balance JOIN currencies currency ON currency.code = balance.currency_code
  LEFT JOIN LATERAL (${lastEntrySql('$3::timestamptz', '0::bigint')}) opening ON true
  LEFT JOIN LATERAL (${lastEntrySql('$4::timestamptz', '$5::bigint')}) closing ON true
  WHERE balance.platform_id = $1::bigint AND balance.account_id = $2::bigint`;

export const STATEMENT_LINES_SQL = accountEntriesSql({
  columns: ({
    name,
    counterparty,
    amount,
    posted,
  }) => `${columns(Transfer, 't', ['journalId', 'kind'])}, '${name}' AS side,
    ${counterparty} AS "counterpartyId", ${amount} AS "amountMinor", ${posted} AS "postedMinor",
    t.posted_at AS "postedAt", t.effective_date::text AS "effectiveDate", ${columns(Transfer, 't', ['reference', 'description', 'metadata', 'reversesId'])}`,
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
 * What an account went through in a period. The period ends with the last transfer that the first page found: an
 * account's transfers are in the order of their ids, so what is posted later comes after it and changes no page.
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

  /** @param after the last line of the page before; `null`: the first page */
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

  /** Yields all lines, one page at a time: a page is read when the consumer asks for it. */
  async *pages(statement: Statement, limit: number): AsyncGenerator<StatementLine[]> {
    for (let after: Place | null = null; ;) {
      const page: StatementPage = await this.page(statement, after, limit);
      yield page.lines;
      if (page.after === null) return;
      after = page.after;
    }
  }

  /** Now; or later, when the last posting came from a process whose clock is ahead, or when the period begins later. */
  private endOfAll(from: Date | null, last: Place | null): Date {
    const now = this.clock.now().getTime();
    return new Date(Math.max(now, from?.getTime() ?? 0, last === null ? 0 : last.postedAt.getTime() + 1));
  }
}

function justAfter({ postedAt, id }: Place): [at: string, id: string] {
  return [postedAt.toISOString(), String(BigInt(id) + 1n)];
}
