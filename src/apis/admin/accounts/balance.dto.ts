import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { BalanceAt, BalanceTime } from '../../../ledger/reports/account-balance.service.js';
import { toMajorNumber } from '../../../shared/money.js';
import { toTenantId } from '../../../shared/object-id.js';
import {
  ResponseProperty,
  ResponseKind,
  NullableResponseProperty,
  NullableResponseTime,
  toTimeOrNull,
} from '../properties.js';
import { parseDate, parseMoment, QueryReader } from '../query-reader.js';

const NUMBER_OR_NULL = { type: Number };

/** What an account holds or held. */
export class BalanceResponse {
  @ResponseKind('balance')
  object!: 'balance';

  @ResponseProperty('The account.', 'acc_1_1')
  account!: string;

  @ResponseProperty('Its currency.', 'USD')
  currency!: string;

  @NullableResponseTime('The moment; null where a day was asked for.')
  at!: string | null;

  @NullableResponseProperty('The day; null where a moment was asked for.', null)
  effectiveDate!: string | null;

  @NullableResponseProperty('What was posted by that moment, in major units.', 100.25, NUMBER_OR_NULL)
  posted!: number | null;

  @NullableResponseProperty('What holds lock of it now; null of the past.', 25.5, NUMBER_OR_NULL)
  locked!: number | null;

  @NullableResponseProperty('Posted less locked; null of the past.', 74.75, NUMBER_OR_NULL)
  available!: number | null;

  @NullableResponseProperty('Sum of the transfers that count for that day or earlier.', null, NUMBER_OR_NULL)
  effective!: number | null;
}

/** Reads the moment or the day of the balance. @throws AppError validation_failed */
export const BalanceQuery = createParamDecorator((_: unknown, context: ExecutionContext): BalanceTime => {
  const { query } = context
    .switchToHttp()
    .getRequest<FastifyRequest<{ Querystring: Record<string, unknown> }>>();
  const reader = new QueryReader(query);
  const at = reader.read('at', 'must be a time of RFC 3339', parseMoment);
  const effectiveDate = reader.read('effectiveDate', 'must be a date such as 2026-01-31', parseDate);
  if (at !== null && effectiveDate !== null) reader.refuse('effectiveDate', 'is for calls without at');
  reader.finish(['at', 'effectiveDate']);
  return effectiveDate === null ? { at } : { effectiveDate };
});

export function presentBalance(balance: BalanceAt): BalanceResponse {
  const { account, currencyCode, decimals, effectiveDate, postedMinor, lockedMinor, effectiveMinor } =
    balance;
  const major = (minor: bigint | null): number | null =>
    minor === null ? null : toMajorNumber(minor, decimals);
  return {
    object: 'balance',
    account: toTenantId('acc', account.platformId, account.id),
    currency: currencyCode,
    at: toTimeOrNull(balance.at),
    effectiveDate,
    posted: major(postedMinor),
    locked: major(lockedMinor),
    available: major(postedMinor === null || lockedMinor === null ? null : postedMinor - lockedMinor),
    effective: major(effectiveMinor),
  };
}
