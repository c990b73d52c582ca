import { isTime } from '../../http/fields.js';
import { AppError, type FieldViolation } from '../../shared/app-error.js';

const DATE = /^[12]\d{3}-\d{2}-\d{2}$/;
const DATE_LENGTH = 10;
/** What a time says below the millisecond, to which the ledger keeps its own. */
const FINER = /\.\d{3}\d*[1-9]\d*(Z|[+-])/;

/** Reads the parameters of a query one by one, and refuses all that cannot be read at once. */
export class QueryReader {
  private readonly violations: FieldViolation[] = [];

  constructor(private readonly query: Readonly<Record<string, unknown>>) {}

  /** What a parameter says; `null` where it is missing, or is no more than a violation. */
  read<T>(path: string, message: string, parse: (text: string) => T | null): T | null {
    const given = this.query[path];
    if (given === undefined) return null;
    const value = typeof given === 'string' ? parse(given) : null;
    if (value === null) this.refuse(path, message);
    return value;
  }

  refuse(path: string, message: string): void {
    this.violations.push({ path, constraint: 'range', message, invalidValue: this.query[path] });
  }

  /** Refuses what is none of these. @throws AppError validation_failed for anything refused by now */
  finish(known: readonly string[]): void {
    for (const path of Object.keys(this.query))
      if (!known.includes(path)) this.refuse(path, 'is not a parameter of this call');
    if (this.violations.length > 0) throw new AppError('validation_failed', { fields: this.violations });
  }
}

/** A day of the calendar, as it is written. */
export function parseDate(text: string): string | null {
  if (!DATE.test(text)) return null;
  const date = new Date(`${text}T00:00:00Z`);
  // A day that does not exist, such as 2026-02-30, comes back as another one.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : null;
}

/** The last millisecond that is not after a moment (RFC 3339). */
export function parseMoment(text: string): Date | null {
  const isMoment = isTime(text) && parseDate(text.slice(0, DATE_LENGTH)) !== null;
  return isMoment ? new Date(Date.parse(text)) : null;
}

/** The first millisecond that is not before a moment: what is posted from then on, or until then, is the same. */
export function parseBoundary(text: string): Date | null {
  const moment = parseMoment(text);
  return moment !== null && FINER.test(text) ? new Date(moment.getTime() + 1) : moment;
}
