import { CommanderError } from 'commander';
import { adminApiShape } from '../apis/admin/errors.js';
import { ConfigurationError } from '../config/env.js';
import { AppError } from '../shared/app-error.js';
import { START_EXIT } from '../start-exit.js';
import type { StartFailure } from '../start-failure.js';

/** Exit codes. 6 is used by the contract checker alone. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  someRefused: 3,
  refused: 4,
  unclean: 5,
  interrupted: 130,
} as const;

/** The command line is incomplete or invalid, or a file that it names does not fit. */
export class UsageError extends Error {}

/** For a value that names an object: `given` is shown, because it is no secret. */
export function notAnId(what: string, form: string, given: string): UsageError {
  return new UsageError(`${what} must be an id ${form}, not ${given}`);
}

/** The database of a command cannot be opened, for a reason that one sentence explains. */
export class DatabaseUnusableError extends Error {
  constructor(
    readonly failure: StartFailure,
    options: { cause: unknown },
  ) {
    super(failure.message, options);
  }
}

/** Why a command failed. `detail` helps to find the cause; it is set only for unexpected errors. */
export interface CommandFailure {
  exitCode: number;
  code: string;
  message: string;
  detail?: string;
}

/** @param args of the command line; a refusal names the ids among them */
export async function toFailure(error: unknown, args: readonly string[] = []): Promise<CommandFailure> {
  if (error instanceof UsageError || error instanceof CommanderError)
    return { exitCode: EXIT.usage, code: 'usage', message: error.message.replace(/^error: /, '') };
  if (error instanceof ConfigurationError)
    return { exitCode: EXIT.usage, code: 'configuration', message: error.message };
  if (error instanceof DatabaseUnusableError) return ofDatabase(error.failure);
  // Imported only here: the module loads the database driver, and no command should wait for that before it fails.
  const { toAppError } = await import('../database/postgres-errors.js');
  const known = toAppError(error);
  if (known instanceof AppError) return ofAppError(known, args);
  const message = error instanceof Error ? error.message : String(error);
  return { exitCode: EXIT.failed, code: 'failed', message, detail: (error as Error).stack };
}

/** The message of a refusal, as the admin API words it; for invalid fields, the problem of each. */
export function messageOf(error: AppError): string {
  const { fields = [] } = error.details;
  if (fields.length > 0) return fields.map(({ path, message }) => `${path} ${message}`).join('; ');
  const request = { requestId: '', method: '', path: '', now: new Date() };
  return (adminApiShape.render(error, request).body as { detail: string }).detail;
}

/** Whether the service itself is unavailable: the request was not decided, so a retry makes sense. */
export function isOfTheService({ code }: AppError): boolean {
  return code === 'service_unavailable' || code === 'internal_error';
}

const IDS = /\b[a-z]{3}_\d+(?:_\d+)?\b/g;

function ofDatabase({ exitCode, message }: StartFailure): CommandFailure {
  if (exitCode === START_EXIT.unavailable)
    return { exitCode: EXIT.failed, code: 'service_unavailable', message };
  if (exitCode === START_EXIT.ioError) return { exitCode: EXIT.failed, code: 'failed', message };
  return { exitCode: EXIT.usage, code: 'configuration', message };
}

function ofAppError(error: AppError, args: readonly string[]): CommandFailure {
  const { code } = error;
  if (code === 'validation_failed') return { exitCode: EXIT.usage, code: 'usage', message: messageOf(error) };
  if (!isOfTheService(error)) {
    const ids = args.flatMap((word) => word.match(IDS) ?? []);
    const named = ids.length === 0 ? '' : ` (${ids.join(', ')})`;
    return { exitCode: EXIT.refused, code, message: `${messageOf(error)}${named}` };
  }
  const cause = firstMessage(error.cause);
  return {
    exitCode: EXIT.failed,
    code,
    message: cause === '' ? messageOf(error) : `${messageOf(error)} (${cause})`,
  };
}

/** When all addresses of a host refuse, the error has no message and contains one error per address. */
function firstMessage(cause: unknown): string {
  if (cause instanceof AggregateError) return firstMessage(cause.errors[0]);
  return cause instanceof Error ? cause.message : '';
}
