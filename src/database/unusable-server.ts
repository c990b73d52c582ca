/** A server was reached that the statements must not run on; a request gets 503. */
export class UnusableServerError extends Error {}

/** Whether the server accepts writes in this session; libpq's `target_session_attrs=read-write` asks the same. */
export const SHOW_READ_ONLY = 'SHOW transaction_read_only';

/** The answer to `SHOW_READ_ONLY`. */
export type ReadOnlyRow = Record<'transaction_read_only', 'on' | 'off'>;

/** @param isReadOnly the setting `transaction_read_only` @throws UnusableServerError */
export function assertWritable(isReadOnly: string | undefined): void {
  if (isReadOnly === 'on')
    throw new UnusableServerError(
      'the database takes no writes: DATABASE_URL must lead to the primary server',
    );
}
