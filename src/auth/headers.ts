import type { IncomingHttpHeaders } from 'node:http';

import type { CallerRequest } from './caller.js';
import type { Presentation } from './credential-authenticator.service.js';

/** The part of a request that contains the credentials. */
export interface HeaderCarrier {
  headers: IncomingHttpHeaders;
  /** IP address of the client. */
  ip: string;
  raw: { rawHeaders: string[] };
}

/**
 * A header that was sent exactly once; `undefined` when it is missing or repeated. Node joins repeated headers or drops
 * all but one, so a proxy and this server could read different values.
 */
export function singleHeader(request: HeaderCarrier, name: string): string | undefined {
  return countHeader(request, name) === 1 ? String(request.headers[name]) : undefined;
}

export function countHeader({ raw }: HeaderCarrier, name: string): number {
  return raw.rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length;
}

/**
 * Whether a request presents credentials in more than one way. Such a request counts as presenting none: a proxy and
 * this server could authenticate different callers.
 */
export function isPresentedTwice({ headers }: Pick<HeaderCarrier, 'headers'>): boolean {
  const inKeyHeaders = headers['x-api-key'] !== undefined || headers['x-api-secret'] !== undefined;
  return inKeyHeaders && headers.authorization !== undefined;
}

/** Key and secret, each sent once, without any other credentials. */
export function keyAndSecret(request: HeaderCarrier): { key: string; secret: string } | undefined {
  if (isPresentedTwice(request)) return undefined;
  const key = singleHeader(request, 'x-api-key');
  const secret = singleHeader(request, 'x-api-secret');
  return key === undefined || secret === undefined ? undefined : { key, secret };
}

/**
 * The token of an `Authorization: <scheme> <token>` header (RFC 9110 §11.4), sent without any other credentials. The
 * scheme is case-insensitive.
 */
export function authorizationToken(request: HeaderCarrier, scheme: 'bearer' | 'basic'): string | undefined {
  if (isPresentedTwice(request)) return undefined;
  const match = /^(\w+) +([\w.~+/=-]+)$/.exec(singleHeader(request, 'authorization') ?? '');
  return match?.[1]?.toLowerCase() === scheme ? match[2] : undefined;
}

/** Key and secret as the user name and the password of HTTP Basic (RFC 7617), without any other credentials. */
export function basicPair(request: HeaderCarrier): { key: string; secret: string } | undefined {
  const token = authorizationToken(request, 'basic');
  if (token === undefined) return undefined;
  const pair = Buffer.from(token, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon === -1) return undefined;
  return { key: formDecoded(pair.slice(0, colon)), secret: formDecoded(pair.slice(colon + 1)) };
}

/**
 * Clients of OAuth form-encode both parts (RFC 6749 §2.3.1), some with `_` as `%5F`. No key or secret has a character
 * that decoding changes.
 */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The presentation of a credential by this request. The reason of a refusal is stored on the request, for the log. */
export function presentationOf(request: HeaderCarrier & CallerRequest): Presentation {
  const refused: Presentation['refused'] = (failure) => {
    request.authenticationFailure = failure;
  };
  return { address: request.ip, refused };
}
