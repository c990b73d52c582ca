import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-custom';
import type { Caller } from '../caller.js';
import { CredentialAuthenticator } from '../credential-authenticator.service.js';
import { type HeaderCarrier, keyAndSecret, presentationOf } from '../headers.js';

export const KEY_SECRET = 'key-secret';

/** `X-API-KEY` and `X-API-SECRET`. */
@Injectable()
export class KeySecretStrategy extends PassportStrategy(Strategy, KEY_SECRET) {
  constructor(private readonly credentials: CredentialAuthenticator) {
    super();
  }

  async validate(request: HeaderCarrier): Promise<Caller | null> {
    const pair = keyAndSecret(request);
    if (pair === undefined) return null;
    return this.credentials.authenticate(pair.key, pair.secret, presentationOf(request));
  }
}
