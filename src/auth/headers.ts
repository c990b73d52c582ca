import type { IncomingHttpHeaders } from 'node:http';

import type { CallerRequest } from './caller.js';
import type { Presentation } from './credentials.service.js';

/** The part of a request that credentials are read from. */
export interface HeaderCarrier {
  headers: IncomingHttpHeaders;
  /** Address the request came from. */
  ip: string;
  raw: { rawHeaders: string[] };
}

/**
 * A header that was sent exactly once; `undefined` when it is missing or repeated. Node joins repeats, or drops
 * all but one, and either would let two parties on the way read different values.
 */
export function singleHeader(request: HeaderCarrier, name: string): string | undefined {
  return countHeader(request, name) === 1 ? String(request.headers[name]) : undefined;
}

export function countHeader({ raw }: HeaderCarrier, name: string): number {
  return raw.rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length;
}

/** The token of an `Authorization: <scheme> <token>` header (RFC 9110 §11.4); the scheme in any case. */
export function authorizationToken(request: HeaderCarrier, scheme: 'bearer' | 'basic'): string | undefined {
  const match = /^(\w+) +([\w.~+/=-]+)$/.exec(singleHeader(request, 'authorization') ?? '');
  return match?.[1]?.toLowerCase() === scheme ? match[2] : undefined;
}

/** The request as where a credential was presented. Why it is refused stays with the request, for those who watch. */
export function presentationOf(request: HeaderCarrier & CallerRequest): Presentation {
  const refused: Presentation['refused'] = (failure) => {
    request.authenticationFailure = failure;
  };
  return { address: request.ip, refused };
}
