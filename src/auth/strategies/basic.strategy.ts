import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-custom';
import type { Caller } from '../caller.js';
import { CredentialAuthenticator } from '../credential-authenticator.service.js';
import { authorizationToken, type HeaderCarrier, presentationOf } from '../headers.js';

export const BASIC = 'basic';

/** HTTP Basic (RFC 7617) with the key as user name and the secret as password. */
@Injectable()
export class BasicStrategy extends PassportStrategy(Strategy, BASIC) {
  constructor(private readonly credentials: CredentialAuthenticator) {
    super();
  }

  async validate(request: HeaderCarrier): Promise<Caller | null> {
    const token = authorizationToken(request, 'basic');
    if (token === undefined) return null;
    const pair = Buffer.from(token, 'base64').toString('utf8');
    const colon = pair.indexOf(':');
    if (colon === -1) return null;
    const [key, secret] = [pair.slice(0, colon), pair.slice(colon + 1)].map(formDecoded);
    return this.credentials.authenticate(key ?? '', secret ?? '', presentationOf(request));
  }
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
