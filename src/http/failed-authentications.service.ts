import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { basicPair, type HeaderCarrier } from '../auth/headers.js';
import { type LimitState, RateLimiter } from '../rate-limits/rate-limiter.service.js';
import { networkOf } from '../shared/networks.js';

/**
 * Limits failed authentications from one address, and of one key from one address. The key alone has no limit: anyone
 * could lock out its owner.
 */
@Injectable()
export class FailedAuthentications {
  constructor(private readonly limiter: RateLimiter) {}

  count(request: HeaderCarrier): void {
    const network = networkOf(request.ip);
    this.limiter.consume('failed-authentication', network);
    this.limiter.consume('failed-key', nameAt(network, presented(request)));
  }

  /** @param network of the request. @returns the limit that is used up for the request; `null`: none */
  exceeded(network: string, request: HeaderCarrier): LimitState | null {
    const ofAddress = this.limiter.stateOf('failed-authentication', network);
    if (ofAddress?.isExceeded === true) return ofAddress;
    // Without a failure from this address no key has one, and nothing needs to be hashed.
    if (ofAddress !== null && ofAddress.remaining === ofAddress.limit) return null;
    const key = presented(request);
    const ofKey = key === undefined ? null : this.limiter.stateOf('failed-key', nameAt(network, key));
    return ofKey?.isExceeded === true ? ofKey : null;
  }
}

/** The key of a key and secret, otherwise the whole header: a token. */
function presented(request: HeaderCarrier): string | undefined {
  const { 'x-api-key': key, authorization } = request.headers;
  return key === undefined ? (basicPair(request)?.key ?? authorization) : String(key);
}

/** Hashed: a client may send a key of any length, and a token is a secret. */
function nameAt(network: string, key = ''): string {
  return `${network} ${hash('sha256', key, 'base64url')}`;
}
