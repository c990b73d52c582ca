import { Client, type ClientBase, type ClientConfig } from 'pg';

/**
 * A connection of the pool. pg-pool and TypeORM each listen to its errors while they hold it, and neither listens in
 * between: without this listener a connection that the server ends as soon as it is open would end the process. The
 * next statement on the broken connection fails with the error.
 */
export class GuardedClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

/** The server accepts no writes: a standby, or one that was made read-only. Its SQLSTATE is that of a refused write. */
export class ReadOnlyServerError extends Error {
  readonly code = '25006';
}

/** Whether the server accepts writes in this session; libpq's `target_session_attrs=read-write` asks the same. */
export const SHOW_READ_ONLY = 'SHOW transaction_read_only';

/** @param rows the answer to `SHOW_READ_ONLY` @throws ReadOnlyServerError */
export function assertWritable([row]: readonly { transaction_read_only: string }[]): void {
  if (row?.transaction_read_only === 'on')
    throw new ReadOnlyServerError(
      'the database takes no writes: DATABASE_URL must lead to the primary server',
    );
}

/**
 * Refuses a new connection to a read-only server: its data may be old, and no write would succeed.
 *
 * @throws ReadOnlyServerError
 */
export async function assertWriter(client: Pick<ClientBase, 'query'>): Promise<void> {
  assertWritable((await client.query<{ transaction_read_only: string }>(SHOW_READ_ONLY)).rows);
}
