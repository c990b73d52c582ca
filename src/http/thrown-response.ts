/** A complete response, thrown by a guard to end the request with exactly these bytes. */
export class ThrownResponse extends Error {
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
export function toStoredResponse(status: number, body: string, headers: Record<string, string> = {}): string {
  return JSON.stringify({ status, headers, body });
}

/** @param isReplayed whether the answer says that it is one given again */
export function fromStoredResponse(storedResponse: string, isReplayed = true): ThrownResponse {
  const { status, headers, body } = JSON.parse(storedResponse) as Pick<
    ThrownResponse,
    'status' | 'headers' | 'body'
  >;
  return new ThrownResponse(status, body, headers, isReplayed);
}
