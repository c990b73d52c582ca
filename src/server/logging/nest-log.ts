import type { LoggerService } from '@nestjs/common';
import type { Log } from './log.js';

/** Sources that report every module, route and provider of a start, which helps only when debugging. */
const OF_THE_FRAMEWORK = new Set([
  'NestFactory',
  'NestApplication',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
]);
/** Sources that report an error and throw it, too: a start that fails says so in one sentence (start-failure.ts). */
const THROWING = new Set(['NestApplication', 'ExceptionHandler']);

/** Writes the messages of Nest and of its `Logger`, which the services use, to the log. */
export class NestLog implements LoggerService {
  constructor(private readonly sink: Log) {}

  log(message: unknown, context?: string): void {
    this.sink[OF_THE_FRAMEWORK.has(context ?? '') ? 'debug' : 'info']({ context }, text(message));
  }

  /** @param rest the stack, if it is known, and the context */
  error(message: unknown, ...rest: unknown[]): void {
    const context = rest.length > 0 ? String(rest.at(-1)) : undefined;
    const stack = rest.length > 1 ? rest[0] : undefined;
    const err = stack === undefined ? {} : { err: { message: text(message), stack } };
    this.sink[THROWING.has(context ?? '') ? 'debug' : 'error']({ context, ...err }, text(message));
  }

  warn(message: unknown, context?: string): void {
    this.sink.warn({ context }, text(message));
  }

  debug(message: unknown, context?: string): void {
    this.sink.debug({ context }, text(message));
  }

  verbose(message: unknown, context?: string): void {
    this.sink.trace({ context }, text(message));
  }

  fatal(message: unknown, context?: string): void {
    this.sink.fatal({ context }, text(message));
  }
}

function text(message: unknown): string {
  return message instanceof Error ? message.message : String(message);
}
