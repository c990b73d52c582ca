import { destination, type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { humanForm } from './human-form.js';
import { fieldsOfRequest } from './request-fields.js';

const CHANNELS = {
  stdout: { fd: 1, terminal: process.stdout },
  stderr: { fd: 2, terminal: process.stderr },
} as const;
/** Lines are buffered and written together: at this size, or after `FLUSH_MS`. */
const BUFFER_BYTES = 4_096;
const FLUSH_MS = 250;

/** A program that writes its result to standard output logs to `stderr`. */
export type LogChannel = keyof typeof CHANNELS;
export type Log = Logger;

const opened = new Map<LogChannel, DestinationStream>();

/**
 * The log: a JSON object per line with the level, the time in UTC (RFC 3339) and, for a request, its id, actor and
 * tenant; on a terminal the same for human readers.
 */
export function openLog(level: string, channel: LogChannel = 'stdout'): Log {
  return pino(
    {
      level,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // Pino's own writes every property of an error: a statement of TypeORM has its parameters there.
      serializers: { err: describeError },
      mixin: (_line, _level, logger) => fieldsOfRequest(logger),
    },
    destinationOf(channel),
  );
}

/** For lines that are written at every LOG_LEVEL, such as the server's address. */
export function announcing(log: Log): Log {
  return log.child({}, { level: 'info' });
}

/**
 * One per process and never ended, so that the last lines of a shutdown are written: pino flushes it at the exit. Writing
 * each line by itself would take longer than all other work on a response together.
 */
function destinationOf(channel: LogChannel): DestinationStream {
  const { fd, terminal } = CHANNELS[channel];
  const known = opened.get(channel);
  if (known !== undefined) return known;
  const stream = terminal.isTTY
    ? { write: (line: string) => void terminal.write(humanForm(line, terminal)) }
    : destination({ dest: fd, sync: false, minLength: BUFFER_BYTES, periodicFlush: FLUSH_MS });
  opened.set(channel, stream);
  return stream;
}

function describeError(error: Error & { code?: unknown }): object {
  const { name, message, stack, code } = error;
  return { type: name, message, stack, ...(code === undefined ? {} : { code }) };
}
