import type { DataSource } from 'typeorm';
import { ConfigurationError } from '../config/env.js';

/** The oldest major version that the tests pass on. */
const MIN_VERSION = 13;

/** @throws ConfigurationError for a server that is too old for the statements */
export async function assertVersion(dataSource: DataSource): Promise<void> {
  const [row] = await dataSource.query<[{ number: number; version: string }]>(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version`,
  );
  if (row.number >= MIN_VERSION * 10_000) return;
  throw new ConfigurationError([
    `DATABASE_URL leads to PostgreSQL ${row.version}: ${MIN_VERSION} or later is needed`,
  ]);
}
