import type { Pool, PoolClient } from 'pg';
import { type EntityManager, QueryFailedError } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';

/** A statement that each connection parses and plans once. */
export interface PreparedStatement {
  /** Unique in the program; at most 63 bytes. */
  name: string;
  text: string;
}

const TEXTS = new Map<string, string>();

/** Defines a statement. @throws Error when its name is too long or belongs to another statement */
export function prepare(name: string, text: string): PreparedStatement {
  if (Buffer.byteLength(name) > 63) throw new Error(`the name ${name} is longer than 63 bytes`);
  if ((TEXTS.get(name) ?? text) !== text) throw new Error(`two statements have the name ${name}`);
  TEXTS.set(name, text);
  return { name, text };
}

/** The text of every defined statement, by name; written to docs/sql/. */
export function preparedTexts(): ReadonlyMap<string, string> {
  return TEXTS;
}

/**
 * Runs a hot statement without TypeORM's query layer: inside the transaction of `on`, if it has one.
 * @throws QueryFailedError as a query of TypeORM does, without its parameters; the pool's error when it has no free
 *   connection
 */
export async function runPrepared<Row>(
  on: EntityManager,
  statement: PreparedStatement,
  values: unknown[],
): Promise<Row[]> {
  // Without the parameters: they may contain data that must not be logged.
  on.dataSource.logger.logQuery(statement.text, undefined, on.queryRunner);
  if (on.queryRunner !== undefined)
    return run<Row>((await on.queryRunner.connect()) as PoolClient, statement, values);
  const client = await ((on.dataSource.driver as PostgresDriver).master as Pool).connect();
  try {
    const rows = await run<Row>(client, statement, values);
    client.release();
    return rows;
  } catch (error) {
    // A connection on which a statement failed is discarded, as the pool itself does.
    client.release(error as Error);
    throw error;
  }
}

async function run<Row>(
  client: PoolClient,
  { name, text }: PreparedStatement,
  values: unknown[],
): Promise<Row[]> {
  try {
    const { rows } = await client.query({ name, text, values });
    return rows as Row[];
  } catch (error) {
    throw new QueryFailedError(text, [], error as Error);
  }
}
