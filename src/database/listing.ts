import { type DataSource, QueryFailedError } from 'typeorm';
import { AppError } from '../shared/app-error.js';
import type { ListQuery, ListSpec, Page } from '../shared/listing.js';

interface Keyed {
  sortValue: string;
  sortKey: string;
}

/**
 * One page of a list. It begins after the sort value and key of the last row of the previous page, so that rows written
 * between two pages neither shift nor repeat entries.
 * @param now for a list whose SQL uses the time as `{now}`
 */
export async function listPage<Row>(
  dataSource: DataSource,
  spec: ListSpec,
  query: ListQuery,
  now?: Date,
): Promise<Page<Row>> {
  const { sql, parameters } = toSql(spec, query, now);
  const rows = await dataSource.query<(Row & Keyed)[]>(sql, parameters).catch(asBadCursor);
  const items = rows.slice(0, query.limit);
  const last = items.at(-1);
  const isMore = rows.length > query.limit && last !== undefined;
  return { items, next: isMore ? { value: last.sortValue, key: last.sortKey } : null };
}

/** Filters are validated before; so a value that the server cannot parse (SQLSTATE class 22) is a forged cursor. */
function asBadCursor(error: unknown): never {
  const isData =
    error instanceof QueryFailedError && /^22/.test(String((error.driverError as { code?: string }).code));
  if (!isData) throw error;
  const field = { path: 'cursor', constraint: 'range' as const, message: 'must be a cursor of this list' };
  throw new AppError('validation_failed', { fields: [{ ...field, invalidValue: null }] }, { cause: error });
}

function toSql(spec: ListSpec, query: ListQuery, now?: Date): { sql: string; parameters: unknown[] } {
  const { filters, sort, limit, after } = query;
  const sorting = spec.sorts[sort.name];
  if (sorting === undefined) throw new Error(`unknown sort ${sort.name}`);
  const parameters: unknown[] = [];
  const bind = (value: unknown): string => `$${parameters.push(value)}`;
  const conditions = [spec.always ?? 'true'];
  for (const [name, value] of Object.entries(filters)) {
    const filter = spec.filters[name];
    if (filter === undefined) throw new Error(`unknown filter ${name}`);
    const place = bind(value);
    conditions.push(filter.sql.replaceAll('?', place));
  }
  if (after !== null) {
    const comparison = sort.descending ? '<' : '>';
    const place = `(${bind(after.value)}::text::${sorting.type}, ${bind(after.key)}::bigint)`;
    conditions.push(`(${sorting.sql}, ${spec.key}) ${comparison} ${place}`);
  }
  const direction = sort.descending ? 'DESC' : 'ASC';
  const sql = `SELECT ${spec.select}, ${sorting.sql}::text AS "sortValue", ${spec.key}::text AS "sortKey"
    FROM ${spec.from} WHERE ${conditions.map((condition) => `(${condition})`).join(' AND ')}
    ORDER BY ${sorting.sql} ${direction}, ${spec.key} ${direction} LIMIT ${bind(limit + 1)}::int`;
  // The time is bound only when the SQL uses it: PostgreSQL refuses a parameter without a placeholder.
  return { sql: sql.includes('{now}') ? sql.replaceAll('{now}', bind(now)) : sql, parameters };
}
