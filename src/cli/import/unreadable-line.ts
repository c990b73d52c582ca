/** A line that cannot be read; the message names the problem, without the number of the line. */
export class UnreadableLine extends Error {
  constructor(
    readonly code: 'csv_unreadable' | 'json_unreadable',
    message: string,
  ) {
    super(message);
  }
}
