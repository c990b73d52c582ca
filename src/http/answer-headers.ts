import type { IncomingMessage } from 'node:http';
import { isBelow } from './api-shape.js';
import { pathOf } from './error-renderer.js';
import { REQUEST_ID_HEADER } from './request-id.js';

/** What everybody may read. All else may be of a tenant, also a refusal. */
const PUBLIC = ['/docs', '/openapi', '/health', '/.well-known'];

export const NO_STORE = 'no-store';

/** The headers of whatever a request is answered. */
export function headersOfAnswer(
  { url = '' }: Pick<IncomingMessage, 'url'>,
  id: string,
): Record<string, string> {
  const headers: Record<string, string> = { [REQUEST_ID_HEADER]: id };
  if (!isBelow(pathOf(url), ...PUBLIC)) headers['cache-control'] = NO_STORE;
  return headers;
}
