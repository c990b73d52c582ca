import { CommanderError } from 'commander';
import { adminApiShape } from '../apis/admin/errors.js';
import { ConfigurationError } from '../config/env.js';
import { AppError } from '../shared/app-error.js';

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

/** Why a command failed. `detail` helps to find the cause; it is set only for unexpected errors. */
export interface CommandFailure {
  exitCode: number;
  code: string;
  message: string;
  detail?: string;
}

export async function toFailure(error: unknown): Promise<CommandFailure> {
  if (error instanceof UsageError || error instanceof CommanderError)
    return { exitCode: EXIT.usage, code: 'usage', message: error.message.replace(/^error: /, '') };
  if (error instanceof ConfigurationError)
    return { exitCode: EXIT.usage, code: 'configuration', message: error.message };
  // Imported only here: the module loads the database driver, and no command should wait for that before it fails.
  const { toAppError } = await import('../database/postgres-errors.js');
  const known = toAppError(error);
  if (known instanceof AppError) return ofAppError(known);
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

function ofAppError(error: AppError): CommandFailure {
  const { code } = error;
  if (code === 'validation_failed') return { exitCode: EXIT.usage, code: 'usage', message: messageOf(error) };
  if (!isOfTheService(error)) return { exitCode: EXIT.refused, code, message: messageOf(error) };
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
