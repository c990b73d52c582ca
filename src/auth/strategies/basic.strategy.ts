import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-custom';
import type { Caller } from '../caller.js';
import { CredentialAuthenticator } from '../credential-authenticator.service.js';
import { basicPair, type HeaderCarrier, presentationOf } from '../headers.js';

export const BASIC = 'basic';

/** HTTP Basic (RFC 7617) with the key as user name and the secret as password. */
@Injectable()
export class BasicStrategy extends PassportStrategy(Strategy, BASIC) {
  constructor(private readonly credentials: CredentialAuthenticator) {
    super();
  }

  async validate(request: HeaderCarrier): Promise<Caller | null> {
    const pair = basicPair(request);
    if (pair === undefined) return null;
    return this.credentials.authenticate(pair.key, pair.secret, presentationOf(request));
  }
}
