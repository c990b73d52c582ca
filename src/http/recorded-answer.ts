/** An answer that stands already, thrown to end a request with exactly these bytes. */
export class RecordedAnswer extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
    readonly headers: Record<string, string> = {},
    readonly replayed = true,
  ) {
    super('recorded answer');
  }
}

/** The form in which an answer is recorded under its idempotency key. */
export function toReceipt(status: number, body: string, headers: Record<string, string> = {}): string {
  return JSON.stringify({ status, headers, body });
}

/** @param isReplayed whether the answer says that it is one given again */
export function fromReceipt(receipt: string, isReplayed = true): RecordedAnswer {
  const { status, headers, body } = JSON.parse(receipt) as Pick<
    RecordedAnswer,
    'status' | 'headers' | 'body'
  >;
  return new RecordedAnswer(status, body, headers, isReplayed);
}
