import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type {
  Place,
  Statement,
  StatementOrder,
  StatementPlace,
} from '../../../ledger/reports/account-statement.service.js';
import { preferredMediaType } from '../../../http/accept.js';
import { toTenantId } from '../../../shared/object-id.js';
import { DEFAULT_LIMIT, MAX_LIMIT, parseLimit } from '../list-query.js';
import { tenantIdOf } from '../path-ids.js';
import { parseBoundary, QueryReader } from '../query-reader.js';

export const STATEMENT_FORMATS = ['json', 'csv'] as const;
export type StatementFormat = (typeof STATEMENT_FORMATS)[number];

const PARAMETERS = ['from', 'until', 'limit', 'cursor', 'format'];

/** A call for a statement, checked. */
export interface StatementRequest {
  order: StatementOrder;
  limit: number;
  format: StatementFormat;
}

type StatementCall = FastifyRequest<{
  Params: { id?: string };
  Querystring: Record<string, unknown>;
}>;

/** Reads the account, period, page and format of the statement. @throws AppError object_not_found, validation_failed */
export const StatementQuery = createParamDecorator(
  (_: unknown, context: ExecutionContext): StatementRequest => {
    const { params, query, headers } = context.switchToHttp().getRequest<StatementCall>();
    return parseStatementQuery(params.id ?? '', query, headers.accept);
  },
);

/** The cursor of the page after this one; the period goes with it. */
export function toStatementCursor(order: StatementOrder, { until, last }: Statement, after: Place): string {
  const { platformId, id } = order.account;
  const end = last ?? after;
  return Buffer.from(
    JSON.stringify([
      ...[toTenantId('acc', platformId, id), order.from?.getTime() ?? null, order.until?.getTime() ?? null],
      ...[until.getTime(), end.postedAt.getTime(), end.id, after.postedAt.getTime(), after.id],
    ]),
  ).toString('base64url');
}

function parseStatementQuery(
  id: string,
  query: Readonly<Record<string, unknown>>,
  accept: string | undefined,
): StatementRequest {
  const account = tenantIdOf('acc', id);
  const reader = new QueryReader(query);
  const time = 'must be a time of RFC 3339';
  const from = reader.read('from', time, parseBoundary);
  const until = reader.read('until', time, parseBoundary);
  const limit = reader.read('limit', `must be 1 to ${MAX_LIMIT}`, parseLimit) ?? DEFAULT_LIMIT;
  const cursor = reader.read('cursor', 'must be a cursor of this statement', (text) => parseCursor(text, id));
  const format = reader.read('format', `must be one of ${STATEMENT_FORMATS.join(', ')}`, toFormat);
  const chosen = format ?? preferredFormat(accept);
  if (from !== null && until !== null && from > until) reader.refuse('until', 'must not be before from');
  if (cursor !== null && !isOfPeriod(cursor, from, until))
    reader.refuse('cursor', 'must be a cursor of this period');
  if (cursor !== null && chosen === 'csv') reader.refuse('cursor', 'is for JSON: CSV has no pages');
  reader.finish(PARAMETERS);
  const order = cursor === null ? { from, until, resume: null } : cursor;
  return { order: { account, ...order }, limit, format: chosen };
}

type CursorOrder = Omit<StatementOrder, 'account'> & { resume: StatementPlace };

/** A request with a cursor may omit the period, which the cursor contains. */
function isOfPeriod(cursor: CursorOrder, from: Date | null, until: Date | null): boolean {
  return (
    (from === null || cursor.from?.getTime() === from.getTime()) &&
    (until === null || cursor.until?.getTime() === until.getTime())
  );
}

function toFormat(text: string): StatementFormat | null {
  return STATEMENT_FORMATS.find((format) => format === text) ?? null;
}

/** The format that `Accept` prefers; JSON when it prefers neither, or accepts neither. */
function preferredFormat(accept: string | undefined): StatementFormat {
  const type = preferredMediaType(accept, ['application/json', 'text/csv']);
  return type === 'text/csv' ? 'csv' : 'json';
}

function parseCursor(text: string, account: string): CursorOrder | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (!Array.isArray(parts) || parts.length !== 8 || parts[0] !== account) return null;
    const [, from, until, end, lastAt, lastId, afterAt, afterId] = parts as unknown[];
    return {
      from: from === null ? null : toDate(from),
      until: until === null ? null : toDate(until),
      resume: { until: toDate(end), last: toPlace(lastAt, lastId), after: toPlace(afterAt, afterId) },
    };
  } catch {
    // Not a cursor of this API.
    return null;
  }
}

/** @throws RangeError */
function toPlace(at: unknown, id: unknown): Place {
  if (typeof id !== 'string' || !/^\d{1,18}$/.test(id)) throw new RangeError('not an id');
  return { postedAt: toDate(at), id };
}

const EARLIEST_MS = Date.parse('0001-01-01T00:00:00Z');
const LATEST_MS = Date.parse('9999-01-01T00:00:00Z');

/** @throws RangeError */
function toDate(ms: unknown): Date {
  const isDate = typeof ms === 'number' && Number.isInteger(ms) && ms > EARLIEST_MS && ms < LATEST_MS;
  if (!isDate) throw new RangeError('not a time');
  return new Date(ms);
}
