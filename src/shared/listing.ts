/** How a list may be filtered and sorted: declared once, for the query, its check and its documentation. */
export interface ListSpec {
  /** SQL of the columns, named as the row's fields. */
  select: string;
  /** SQL after FROM. */
  from: string;
  /** SQL that always holds, such as leaving the house out. */
  always?: string;
  /** SQL of a unique bigint: what rows of the same sort value are ordered by. */
  key: string;
  filters: Readonly<Record<string, FilterSpec>>;
  sorts: Readonly<Record<string, SortSpec>>;
  defaultSort: string;
}

export interface FilterSpec {
  description: string;
  /** JSON schema of the parameter, a string. */
  schema: { type: 'string'; enum?: readonly string[]; pattern?: string; format?: string; example?: string };
  /** SQL with `?` where the value goes. */
  sql: string;
  /** The value for SQL, or `null` when the text is not of the form. Without it the text itself is taken. */
  parse?: (text: string) => string | null;
}

export interface SortSpec {
  /** SQL of a value that is never null. */
  sql: string;
  type: 'text' | 'timestamptz' | 'bigint';
}

/** A list call, checked against its spec. */
export interface ListQuery {
  /** Values by the names of the spec's filters. */
  filters: Readonly<Record<string, string>>;
  sort: { name: string; descending: boolean };
  limit: number;
  after: Position | null;
}

/** The last row of the page before: its sort value and its key. */
export interface Position {
  value: string;
  key: string;
}

export interface Page<Row> {
  items: Row[];
  /** Where the next page begins, or `null` at the end. */
  next: Position | null;
}

/** Text as a literal of LIKE, at any place. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
