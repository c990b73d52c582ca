import type { DataSource } from 'typeorm';
import { Gatherer, type Outcome } from './gatherer.js';
import { type PreparedStatement, runPrepared } from './prepared.js';
import { type RowColumn, rowsParameters, rowsSql } from './row-columns.js';

export interface LookupSpec<Key> {
  /** Of the statement, unique in the program. */
  name: string;
  /** What a row is looked up by. */
  keys: readonly RowColumn<Key>[];
  /** What is read. */
  select: string;
  /**
   * SQL behind `wanted`, which has the keys: joins to at most one row each. A subquery of one row with its key makes
   * sure that it is looked up, however few or many rows the planner believes there are.
   */
  from: string;
  /** Place `$1` in `select` and `from`, where they name the time. */
  now?: () => Date;
}

/** Looks rows up one by one; those that are asked for while others are read share the next statement. */
export class GatheredLookup<Key extends { platformId: string }, Row extends object> {
  private readonly statement: PreparedStatement;
  private readonly gathered = new Gatherer<Key, Row | null>({
    work: (keys) => this.read(keys),
    platformOf: ({ platformId }) => platformId,
  });

  constructor(
    private readonly dataSource: DataSource,
    private readonly spec: LookupSpec<Key>,
  ) {
    const { name, keys, select, from, now } = spec;
    const wanted = rowsSql(keys, now === undefined ? 1 : 2, 'wanted');
    this.statement = { name, text: `SELECT wanted.number::int AS place, ${select} FROM ${wanted} ${from}` };
  }

  async find(key: Key): Promise<Row | null> {
    return this.gathered.submit(key);
  }

  private async read(keys: readonly Key[]): Promise<Outcome<Row | null>[]> {
    const { now } = this.spec;
    const parameters = rowsParameters(this.spec.keys, keys);
    const rows = await runPrepared<Row & { place: number }>(
      this.dataSource.manager,
      this.statement,
      now === undefined ? parameters : [now(), ...parameters],
    );
    const byPlace = new Map(rows.map((row) => [row.place, row]));
    return keys.map((_key, index) => ({ result: byPlace.get(index + 1) ?? null }));
  }
}
