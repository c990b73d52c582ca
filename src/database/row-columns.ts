/** One column of rows that go into a statement as arrays. */
export interface RowColumn<Row> {
  name: string;
  /** PostgreSQL type of one value. */
  type: string;
  of: (row: Row) => unknown;
}

/** The tenant of a row. */
export const PLATFORM_ID: RowColumn<{ platformId: string }> = {
  name: 'platform_id',
  type: 'bigint',
  of: ({ platformId }) => platformId,
};

/**
 * SQL of rows given as one array per column, numbered from 1 by a column `number`.
 * @param first number of the first parameter
 */
export function rowsSql<Row>(columns: readonly RowColumn<Row>[], first: number, alias: string): string {
  const arrays = columns.map(({ type }, index) => `$${first + index}::${type}[]`);
  const names = columns.map(({ name }) => name);
  return `unnest(${arrays.join(', ')}) WITH ORDINALITY AS ${alias}(${[...names, 'number'].join(', ')})`;
}

/** The parameters of `rowsSql`. */
export function rowsParameters<Row>(columns: readonly RowColumn<Row>[], rows: readonly Row[]): unknown[][] {
  return columns.map(({ of }) => rows.map(of));
}
