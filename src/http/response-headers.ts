import type { IncomingMessage } from 'node:http';
import { isBelow } from './api-shape.js';
import { pathOf } from './error-renderer.js';
import { REQUEST_ID_HEADER } from './request-id.js';

/** Paths that hold no tenant's data. Any other response may hold some, also a refusal. */
const PUBLIC = ['/docs', '/openapi', '/health', '/.well-known'];

export const NO_STORE = 'no-store';

/** The headers of every response to a request. */
export function headersOfResponse(
  { url = '' }: Pick<IncomingMessage, 'url'>,
  id: string,
): Record<string, string> {
  const headers: Record<string, string> = { [REQUEST_ID_HEADER]: id };
  if (!isBelow(pathOf(url), ...PUBLIC)) headers['cache-control'] = NO_STORE;
  return headers;
}
