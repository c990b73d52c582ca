import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-custom';
import type { Caller } from '../caller.js';
import { CredentialsService } from '../credentials.service.js';
import { type HeaderCarrier, presentationOf, singleHeader } from '../headers.js';

export const KEY_SECRET = 'key-secret';

/** `X-API-KEY` and `X-API-SECRET`. */
@Injectable()
export class KeySecretStrategy extends PassportStrategy(Strategy, KEY_SECRET) {
  constructor(private readonly credentials: CredentialsService) {
    super();
  }

  async validate(request: HeaderCarrier): Promise<Caller | null> {
    const key = singleHeader(request, 'x-api-key');
    const secret = singleHeader(request, 'x-api-secret');
    if (key === undefined || secret === undefined) return null;
    return this.credentials.authenticate(key, secret, presentationOf(request));
  }
}
