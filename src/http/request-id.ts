import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isUUID } from 'class-validator';

export const REQUEST_ID_HEADER = 'x-request-id';

/** What names the request in its answer, the log and the audit trail: what was sent when it is a UUID, else a new one. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && isUUID(given) ? given : randomUUID();
}
