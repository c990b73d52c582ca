import type { Pool, PoolClient } from 'pg';
import { type EntityManager, QueryFailedError } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';

/** A statement that each connection parses and plans once. */
export interface PreparedStatement {
  /** Unique in the program; at most 63 bytes. */
  name: string;
  text: string;
}

/**
 * Runs a hot statement past TypeORM's own query layer: inside the transaction of `on`, if it has one.
 * @throws QueryFailedError as a query of TypeORM does, without its parameters
 */
export async function runPrepared<Row>(
  on: EntityManager,
  { name, text }: PreparedStatement,
  values: unknown[],
): Promise<Row[]> {
  const driver = on.dataSource.driver as PostgresDriver;
  const client = ((await on.queryRunner?.connect()) ?? driver.master) as PoolClient | Pool;
  // Without the parameters: they hold what no log may.
  on.dataSource.logger.logQuery(text, undefined, on.queryRunner);
  try {
    const { rows } = await client.query({ name, text, values });
    return rows as Row[];
  } catch (error) {
    throw new QueryFailedError(text, [], error as Error);
  }
}
