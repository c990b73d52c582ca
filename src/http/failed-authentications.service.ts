import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type LimitState, RateLimiter } from '../rate-limits/rate-limiter.service.js';
import { networkOf } from '../shared/networks.js';

type Request = Pick<FastifyRequest, 'ip' | 'headers'>;

/**
 * Limits failed authentications from one address, and of one key from one address. The key alone has no limit: anyone
 * could lock out its owner.
 */
@Injectable()
export class FailedAuthentications {
  constructor(private readonly limiter: RateLimiter) {}

  count(request: Request): void {
    const network = networkOf(request.ip);
    this.limiter.consume('failed-authentication', network);
    this.limiter.consume('failed-key', keyAt(network, request.headers));
  }

  /** The limit that is used up for a request; `null`: none. */
  exceeded({ ip, headers }: Request): LimitState | null {
    const network = networkOf(ip);
    const ofAddress = this.limiter.stateOf('failed-authentication', network);
    if (ofAddress?.isExceeded === true) return ofAddress;
    // Without a failure from this address no key has one, and nothing needs to be hashed.
    const isClean = ofAddress !== null && ofAddress.remaining === ofAddress.limit;
    if (isClean || presented(headers) === undefined) return null;
    const ofKey = this.limiter.stateOf('failed-key', keyAt(network, headers));
    return ofKey?.isExceeded === true ? ofKey : null;
  }
}

/** The key of a key and secret, otherwise the whole header: a token. */
function presented(headers: IncomingHttpHeaders): string | undefined {
  const key = headers['x-api-key'];
  if (key !== undefined) return String(key);
  const { authorization } = headers;
  const pair = /^basic +([\w+/=-]+)$/i.exec(authorization ?? '')?.[1];
  if (pair === undefined) return authorization;
  return Buffer.from(pair, 'base64').toString('utf8').split(':', 1)[0];
}

/** Hashed: a client may send a key of any length, and a token is a secret. */
function keyAt(network: string, headers: IncomingHttpHeaders): string {
  return `${network} ${hash('sha256', presented(headers) ?? '', 'base64url')}`;
}
