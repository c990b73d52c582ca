import { ApiProperty } from '@nestjs/swagger';
import type {
  Statement,
  StatementLine,
  StatementOrder,
  StatementPage,
} from '../../../ledger/reports/account-statement.service.js';
import { toMajorNumber } from '../../../shared/money.js';
import { toTenantId } from '../../../shared/object-id.js';
import {
  ResponseProperty,
  ResponseKind,
  NullableResponseProperty,
  ResponseTime,
  NullableResponseTime,
  toTime,
  toTimeOrNull,
} from '../properties.js';
import { toStatementCursor } from './statement-query.js';

/** A transfer as its account sees it. */
export class StatementLineResponse {
  @ResponseProperty('The transfer.', 'trf_1_17')
  transfer!: string;

  @ResponseProperty('The first transfer that was posted together with it.', 'trf_1_17')
  journal!: string;

  @ResponseProperty('What kind of transfer it is.', 'transfer', {
    enum: ['transfer', 'deposit', 'withdrawal', 'capture', 'adjustment', 'reversal'],
  })
  kind!: string;

  @ResponseProperty('Whether it left the account or reached it.', 'credit', { enum: ['debit', 'credit'] })
  side!: string;

  @ResponseProperty('The account on its other side.', 'acc_1_2')
  counterparty!: string;

  @ResponseProperty('What it changed, in major units: negative for a debit.', 25.5, { type: Number })
  amount!: number;

  @ResponseProperty('The posted balance after it, in major units.', 100.25, { type: Number })
  balance!: number;

  @ResponseTime('When it was posted.')
  postedAt!: string;

  @ResponseProperty('The day it counts for.', '2026-01-15', { format: 'date' })
  effectiveDate!: string;

  @NullableResponseProperty('The caller’s own name for it.', 'invoice-4711')
  reference!: string | null;

  @NullableResponseProperty('What it is, for people.', 'Rent, January')
  description!: string | null;

  @ResponseProperty(
    'Free names with text.',
    { order: '4711' },
    { type: 'object', additionalProperties: { type: 'string' } },
  )
  metadata!: Record<string, string>;

  @NullableResponseProperty('The transfer that it undoes.', null)
  reverses!: string | null;
}

/** A page of what an account went through. Period and balances are those of the whole statement on every page. */
export class StatementResponse {
  @ResponseKind('statement')
  object!: 'statement';

  @ResponseProperty('The account.', 'acc_1_1')
  account!: string;

  @ResponseProperty('Its currency.', 'USD')
  currency!: string;

  @NullableResponseTime('First moment of the period; null: from the beginning.')
  from!: string | null;

  @ResponseTime('First moment after the period.')
  until!: string;

  @ResponseProperty('Posted balance before the first line of the period, in major units.', 74.75, {
    type: Number,
  })
  openingBalance!: number;

  @ApiProperty({ description: 'In the order of posting.', type: [StatementLineResponse] })
  items!: StatementLineResponse[];

  @ResponseProperty('Posted balance after the last line of the period, in major units.', 100.25, {
    type: Number,
  })
  closingBalance!: number;

  @NullableResponseProperty('Of the next page; null on the last.', null)
  nextCursor!: string | null;
}

export function presentStatement(
  order: StatementOrder,
  statement: Statement,
  { lines, after }: StatementPage,
): StatementResponse {
  const { account, currencyCode, decimals } = statement;
  return {
    object: 'statement',
    account: toTenantId('acc', account.platformId, account.id),
    currency: currencyCode,
    from: toTimeOrNull(statement.from),
    until: toTime(statement.until),
    openingBalance: toMajorNumber(statement.openingMinor, decimals),
    items: lines.map((line) => presentLine(statement, line)),
    closingBalance: toMajorNumber(statement.closingMinor, decimals),
    nextCursor: after === null ? null : toStatementCursor(order, statement, after),
  };
}

function presentLine({ account, decimals }: Statement, line: StatementLine): StatementLineResponse {
  const { kind, side, effectiveDate, reference, description, metadata, reversesId } = line;
  const transfer = (id: string): string => toTenantId('trf', account.platformId, id);
  return {
    transfer: transfer(line.id),
    journal: transfer(line.journalId),
    kind,
    side,
    counterparty: toTenantId('acc', account.platformId, line.counterpartyId),
    amount: toMajorNumber(BigInt(line.amountMinor), decimals),
    balance: toMajorNumber(BigInt(line.postedMinor), decimals),
    postedAt: toTime(line.postedAt),
    effectiveDate,
    reference,
    description,
    metadata,
    reverses: reversesId === null ? null : transfer(reversesId),
  };
}
