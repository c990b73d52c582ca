import { arrayLiteral } from './array-literal.js';

/** One column of rows that are passed to a statement as one array per column. */
export interface RowColumn<Row> {
  name: string;
  /** PostgreSQL type of one value. */
  type: string;
  of: (row: Row) => unknown;
  /**
   * Its values are long and shared by many rows: each distinct value is sent once, and each row refers to it by number.
   */
  repeats?: true;
}

/** The column of a row's tenant. */
export const PLATFORM_ID: RowColumn<{ platformId: string }> = {
  name: 'platform_id',
  type: 'bigint',
  of: ({ platformId }) => platformId,
};

/**
 * SQL of rows passed as one array per column, numbered from 1 by a column `number`.
 *
 * Each array is wrapped in a subquery, which hides its length from the planner: otherwise PostgreSQL would choose a
 * custom plan for each execution, and planning costs more than most of these statements.
 * @param first number of the first parameter
 */
export function rowsSql<Row>(columns: readonly RowColumn<Row>[], first: number, alias: string): string {
  let next = first;
  const placed = columns.map(({ name, type, repeats }) => {
    const place = next++;
    if (repeats !== true) return { name, array: `(SELECT $${place}::${type}[])`, value: name };
    return { name, array: `(SELECT $${place}::int[])`, value: `($${next++}::${type}[])[${name}] AS ${name}` };
  });
  const arrays = placed.map(({ array }) => array).join(', ');
  const names = columns.map(({ name }) => name).join(', ');
  const rows = `unnest(${arrays}) WITH ORDINALITY AS ${alias}(${names}, number)`;
  if (!columns.some(({ repeats }) => repeats)) return rows;
  return `(SELECT ${placed.map(({ value }) => value).join(', ')}, number FROM ${rows}) AS ${alias}`;
}

/** The number of parameters that `rowsSql` uses. */
export function rowsWidth<Row>(columns: readonly RowColumn<Row>[]): number {
  return columns.length + columns.filter(({ repeats }) => repeats).length;
}

/** The parameters of `rowsSql`. */
export function rowsParameters<Row>(columns: readonly RowColumn<Row>[], rows: readonly Row[]): string[] {
  return columns.flatMap(({ of, repeats }) => {
    const values = rows.map(of);
    return (repeats === true ? numbered(values) : [values]).map(arrayLiteral);
  });
}

/** For each value its number among the distinct values, from 1, and the distinct values. The number of null is null. */
function numbered(values: readonly unknown[]): [(number | null)[], unknown[]] {
  const numbers = new Map<unknown, number>();
  const numberOf = (value: unknown): number => {
    const known = numbers.get(value) ?? numbers.size + 1;
    numbers.set(value, known);
    return known;
  };
  return [values.map((value) => (value === null ? null : numberOf(value))), [...numbers.keys()]];
}
