import { AppError } from '../../shared/app-error.js';
import { isOfTheService, messageOf } from '../failure.js';
import { UnreadableLine } from './unreadable-line.js';

/** The result of one line of an import. */
export interface ImportVerdict {
  /** Line number in the input; the header is line 1. */
  line: number;
  /** The identifier as in the line; empty when the line cannot be read. */
  accountIdentifier: string;
  verdict: 'opened' | 'refused' | 'invalid';
  /** Error code of the refusal, `validation_failed`, `csv_unreadable` or `json_unreadable`; `null` when opened. */
  code: string | null;
  /** Number of the opened account. */
  accountNumber: string | null;
  /** Message for display; `null` when opened. */
  message: string | null;
}

/** The number of lines by verdict. */
export type ImportCounts = Record<ImportVerdict['verdict'], number>;

export const VERDICT_COLUMNS = [
  'line',
  'accountIdentifier',
  'verdict',
  'code',
  'accountNumber',
  'message',
] as const satisfies readonly (keyof ImportVerdict)[];

/** Whether an error is a final verdict on a line; an outage is not. */
export function isRefusal(error: unknown): error is AppError {
  return error instanceof AppError && !isOfTheService(error);
}

/** @throws the error itself when it is no verdict on the line */
export function toRefusal(error: unknown): Pick<ImportVerdict, 'verdict' | 'code' | 'message'> {
  if (error instanceof UnreadableLine)
    return { verdict: 'invalid', code: error.code, message: error.message };
  if (!isRefusal(error)) throw error;
  const verdict = error.code === 'validation_failed' ? 'invalid' : 'refused';
  return { verdict, code: error.code, message: messageOf(error) };
}
