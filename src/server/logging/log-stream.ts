import { destination, type DestinationStream } from 'pino';

const STDOUT = 1;
const STDERR = 2;
/** Lines are written together when there is so much of them, and at the latest after a moment. */
const BUFFER_BYTES = 4_096;
const FLUSH_MS = 250;

export interface LogStream extends DestinationStream {
  /** Writes what is left, and takes no more. */
  end(): void;
}

/** Where the log goes. A write for each line would take longer than all other work on an answer together. */
export function openLogStream(logTo: 'stdout' | 'stderr'): LogStream {
  return destination({
    dest: logTo === 'stderr' ? STDERR : STDOUT,
    sync: false,
    minLength: BUFFER_BYTES,
    periodicFlush: FLUSH_MS,
  });
}
