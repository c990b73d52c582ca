import { AppError } from '../../shared/app-error.js';
import { isOfTheService, messageOf } from '../failure.js';
import { UnreadableLine } from './csv.js';

/** The result of one line of an import. */
export interface ImportVerdict {
  /** In the input, counted from 1: the header. */
  line: number;
  /** As the line has it; empty when it cannot be read. */
  accountIdentifier: string;
  verdict: 'opened' | 'refused' | 'invalid';
  /** Why not: the code of the refusal, `validation_failed` or `csv_unreadable`. */
  code: string | null;
  /** Of the account that was opened. */
  accountNumber: string | null;
  /** Why not, for people. */
  message: string | null;
}

/** How many lines met which end. */
export type ImportCounts = Record<ImportVerdict['verdict'], number>;

export const VERDICT_COLUMNS = [
  'line',
  'accountIdentifier',
  'verdict',
  'code',
  'accountNumber',
  'message',
] as const satisfies readonly (keyof ImportVerdict)[];

/** Whether an error answers a line for good; an outage does not. */
export function isRefusal(error: unknown): error is AppError {
  return error instanceof AppError && !isOfTheService(error);
}

/** @throws the error itself when it is no answer to the line */
export function toRefusal(error: unknown): Pick<ImportVerdict, 'verdict' | 'code' | 'message'> {
  if (error instanceof UnreadableLine)
    return { verdict: 'invalid', code: 'csv_unreadable', message: error.message };
  if (!isRefusal(error)) throw error;
  const verdict = error.code === 'validation_failed' ? 'invalid' : 'refused';
  return { verdict, code: error.code, message: messageOf(error) };
}
