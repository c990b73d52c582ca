import { destination, type DestinationStream } from 'pino';

const STDOUT = 1;
const STDERR = 2;
/** Lines are buffered and written together: at this size, or after `FLUSH_MS`. */
const BUFFER_BYTES = 4_096;
const FLUSH_MS = 250;

export interface LogStream extends DestinationStream {
  /** Writes the buffered lines and accepts no more. */
  end(): void;
}

/**
 * The destination of the log. Writing each line by itself would take longer than all other work on a response together.
 */
export function openLogStream(logTo: 'stdout' | 'stderr'): LogStream {
  return destination({
    dest: logTo === 'stderr' ? STDERR : STDOUT,
    sync: false,
    minLength: BUFFER_BYTES,
    periodicFlush: FLUSH_MS,
  });
}
