import { isTime } from '../../http/fields.js';
import { AppError, type FieldViolation } from '../../shared/app-error.js';

const DATE = /^[12]\d{3}-\d{2}-\d{2}$/;
const DATE_LENGTH = 10;
/** Matches a time with non-zero digits below the millisecond, which is the precision of the ledger. */
const FINER = /\.\d{3}\d*[1-9]\d*(Z|[+-])/;

/** Reads query parameters one by one, and reports all invalid ones together in `finish`. */
export class QueryReader {
  private readonly violations: FieldViolation[] = [];

  constructor(private readonly query: Readonly<Record<string, unknown>>) {}

  /** The parsed parameter; `null` when it is missing or invalid. An invalid one is recorded as a violation. */
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

  /** Refuses parameters that are not in `known`. @throws AppError validation_failed when any violation was recorded */
  finish(known: readonly string[]): void {
    for (const path of Object.keys(this.query))
      if (!known.includes(path)) this.refuse(path, 'is not a parameter of this call');
    if (this.violations.length > 0) throw new AppError('validation_failed', { fields: this.violations });
  }
}

/** A calendar day as the given text, or `null` when it is not a valid date. */
export function parseDate(text: string): string | null {
  if (!DATE.test(text)) return null;
  const date = new Date(`${text}T00:00:00Z`);
  // `Date` turns a day that does not exist, such as 2026-02-30, into another day.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : null;
}

/** An RFC 3339 time, rounded down to the millisecond. */
export function parseMoment(text: string): Date | null {
  const isMoment = isTime(text) && parseDate(text.slice(0, DATE_LENGTH)) !== null;
  return isMoment ? new Date(Date.parse(text)) : null;
}

/**
 * An RFC 3339 time, rounded up to the millisecond. As a bound of a period it selects the same postings, because the
 * ledger keeps milliseconds.
 */
export function parseBoundary(text: string): Date | null {
  const moment = parseMoment(text);
  return moment !== null && FINER.test(text) ? new Date(moment.getTime() + 1) : moment;
}
