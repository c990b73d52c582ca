import type { DataSource, EntityManager } from 'typeorm';
import { Batcher } from '../concurrency/batcher.js';
import { prepare, type PreparedStatement, runPrepared } from './prepared.js';
import { type RowColumn, rowsParameters, rowsSql } from './row-columns.js';

export interface LookupSpec<Key> {
  /** Name of the prepared statement, unique in the program. */
  name: string;
  /** Columns of the key. */
  keys: readonly RowColumn<Key>[];
  /** The selected columns. */
  select: string;
  /**
   * SQL behind `wanted`, which has the keys: joins to at most one row each. Write each table as a LATERAL subquery with
   * LIMIT 1: then the planner looks it up by its key at any table size.
   */
  from: string;
  /** Whether `select` and `from` use the time, as `$1`. */
  takesTime?: boolean;
}

/** A lookup with its statement. */
export interface Lookup<Key> {
  keys: readonly RowColumn<Key>[];
  takesTime: boolean;
  statement: PreparedStatement;
}

export function defineLookup<Key>({
  name,
  keys,
  select,
  from,
  takesTime = false,
}: LookupSpec<Key>): Lookup<Key> {
  const wanted = rowsSql(keys, takesTime ? 2 : 1, 'wanted');
  const statement = prepare(name, `SELECT wanted.number::int AS place, ${select} FROM ${wanted} ${from}`);
  return { keys, takesTime, statement };
}

/** Looks up rows by key; lookups submitted while a statement runs share the next one. */
export class BatchedLookup<Key extends { platformId: string }, Row extends object> {
  private readonly batcher = new Batcher<Key, Row | null>({
    execute: async (keys) => (await this.findMany(keys)).map((result) => ({ result })),
    queueOf: ({ platformId }) => platformId,
  });

  /** @param now the time, for a lookup that takes it */
  constructor(
    private readonly dataSource: DataSource,
    private readonly lookup: Lookup<Key>,
    private readonly now?: () => Date,
  ) {
    if (lookup.takesTime !== (now !== undefined))
      throw new Error(
        `${lookup.statement.name}: the lookup and its constructor disagree on whether it takes the time`,
      );
  }

  async find(key: Key): Promise<Row | null> {
    return this.batcher.submit(key);
  }

  /** Several rows at once, in the order of the keys. Pass a transaction as `on` to read within it. */
  async findMany(keys: readonly Key[], on: EntityManager = this.dataSource.manager): Promise<(Row | null)[]> {
    const parameters = rowsParameters(this.lookup.keys, keys);
    const rows = await runPrepared<Row & { place: number }>(
      on,
      this.lookup.statement,
      this.now === undefined ? parameters : [this.now(), ...parameters],
    );
    const byPlace = new Map(rows.map((row) => [row.place, row]));
    return keys.map((_key, index) => byPlace.get(index + 1) ?? null);
  }
}
