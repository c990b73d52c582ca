import { parsePlatformId, parseTenantId, PLATFORM_ID_PATTERN, tenantIdPattern } from './object-id.js';

/**
 * Filters and sort orders of a list, declared once for the query, its validation and its documentation. In its SQL
 * `{now}` is the time.
 */
export interface ListSpec {
  /** SQL of the columns, named like the fields of the row. */
  select: string;
  /** SQL after FROM. */
  from: string;
  /** SQL condition that always applies, such as excluding the system tenant. */
  always?: string;
  /** SQL of a unique bigint that orders rows of the same sort value. */
  key: string;
  filters: Readonly<Record<string, FilterSpec>>;
  sorts: Readonly<Record<string, SortSpec>>;
  defaultSort: string;
}

export interface FilterSpec {
  description: string;
  /** JSON schema of the parameter, a string. */
  schema: { type: 'string'; enum?: readonly string[]; pattern?: string; format?: string; example?: string };
  /** SQL with `?` as the placeholder of the value. */
  sql: string;
  /** Converts the text to the SQL value; `null` when the text is malformed. Without it the text itself is used. */
  parse?: (text: string) => string | null;
}

export interface SortSpec {
  /** SQL of a value that is never null. */
  sql: string;
  type: 'text' | 'timestamptz' | 'bigint';
}

/** A validated list request. */
export interface ListQuery {
  /** Values by the names of the spec's filters. */
  filters: Readonly<Record<string, string>>;
  sort: { name: string; descending: boolean };
  limit: number;
  after: Position | null;
}

/** The sort value and key of the last row of the previous page. */
export interface Position {
  value: string;
  key: string;
}

export interface Page<Row> {
  items: Row[];
  /** The position after which the next page begins; `null` on the last page. */
  next: Position | null;
}

/** A LIKE pattern that matches the text at any position. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}

/** @param column SQL of a platform's id */
export function byPlatform(column: string): FilterSpec {
  return {
    description: 'Of this platform; the system tenant is `plt_0`.',
    schema: { type: 'string', pattern: PLATFORM_ID_PATTERN, example: 'plt_1' },
    sql: `${column} = ?::bigint`,
    parse: parsePlatformId,
  };
}

/** @param table alias of a table with `platform_id` and `customer_id` */
export function byCustomer(table: string): FilterSpec {
  return {
    description: 'Of this customer.',
    schema: { type: 'string', pattern: tenantIdPattern('cus'), example: 'cus_1_1' },
    sql: `${table}.platform_id = split_part(?, ' ', 1)::bigint AND ${table}.customer_id = split_part(?, ' ', 2)::bigint`,
    parse: (text) => {
      const name = parseTenantId('cus', text);
      return name === null ? null : `${name.platformId} ${name.id}`;
    },
  };
}

/** @param sql with `{platform}` and `{account}` as placeholders of their ids */
export function byAccount(description: string, sql: string): FilterSpec {
  const part = (number: number): string => `split_part(?, ' ', ${number})::bigint`;
  return {
    description,
    schema: { type: 'string', pattern: tenantIdPattern('acc'), example: 'acc_1_1' },
    sql: sql.replaceAll('{platform}', part(1)).replaceAll('{account}', part(2)),
    parse: (text) => {
      const name = parseTenantId('acc', text);
      return name === null ? null : `${name.platformId} ${name.id}`;
    },
  };
}

/** @param column SQL of a text that is searched, ignoring case */
export function byPartOf(column: string, description: string): FilterSpec {
  return { description, schema: { type: 'string' }, sql: `${column} ILIKE ?`, parse: containing };
}
