import type { DataSource, EntityManager } from 'typeorm';
import { Batcher } from '../concurrency/batcher.js';
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

/** Looks up rows by key; lookups submitted while a statement runs share the next one. */
export class BatchedLookup<Key extends { platformId: string }, Row extends object> {
  private readonly statement: PreparedStatement;
  private readonly batcher = new Batcher<Key, Row | null>({
    execute: async (keys) => (await this.findMany(keys)).map((result) => ({ result })),
    queueOf: ({ platformId }) => platformId,
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
    return this.batcher.submit(key);
  }

  /** Several at once, in their order. Give a transaction as `on` to read within it. */
  async findMany(keys: readonly Key[], on: EntityManager = this.dataSource.manager): Promise<(Row | null)[]> {
    const { now } = this.spec;
    const parameters = rowsParameters(this.spec.keys, keys);
    const rows = await runPrepared<Row & { place: number }>(
      on,
      this.statement,
      now === undefined ? parameters : [now(), ...parameters],
    );
    const byPlace = new Map(rows.map((row) => [row.place, row]));
    return keys.map((_key, index) => byPlace.get(index + 1) ?? null);
  }
}
