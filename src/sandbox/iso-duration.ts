const MS = { week: 604_800_000, day: 86_400_000, hour: 3_600_000, minute: 60_000, second: 1_000 } as const;
const FORM =
  /^P(?!$)(?:(\d{1,5})W|(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,10})(?:\.(\d{1,3}))?S)?)?)$/;

/**
 * Milliseconds of an ISO 8601 duration of weeks, or of days, hours, minutes and seconds; `null` for anything else.
 * Years and months are not supported: their length depends on the date from which they count.
 */
export function parseDuration(text: string): number | null {
  const match = FORM.exec(text);
  if (match === null) return null;
  const [, weeks, days, hours, minutes, seconds, fraction] = match;
  const of = (digits: string | undefined, unit: number): number => Number(digits ?? 0) * unit;
  return (
    of(weeks, MS.week) +
    of(days, MS.day) +
    of(hours, MS.hour) +
    of(minutes, MS.minute) +
    of(seconds, MS.second) +
    Number((fraction ?? '').padEnd(3, '0'))
  );
}
