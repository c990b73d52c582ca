import { Injectable } from '@nestjs/common';
import { jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { Environment } from '../config/env.js';
import { Clock } from '../shared/clock.js';
import { randomToken } from '../shared/ids.js';
import { type AccessTokenClaims, readClaims, type VerifiedToken } from './access-token-claims.js';
import { SIGNING_ALGORITHM, SigningKeys } from './signing-keys.service.js';

export const ACCESS_TOKEN_SECONDS = 15 * 60;
const MAX_VERIFIED = 10_000;
const MAX_TOKEN_LENGTH = 4_096;

/** A token to issue. */
export interface NewAccessToken extends AccessTokenClaims {
  /** At most `ACCESS_TOKEN_SECONDS`, which is the default. */
  lifetimeSeconds?: number;
}

/** Signs and verifies access tokens: JWT (RFC 7519) with ES256 and a key id. */
@Injectable()
export class AccessTokensService {
  /** Tokens with a verified signature, so that each is verified once. Expiry is checked every time. */
  private readonly verified = new LRUCache<string, VerifiedToken>({ max: MAX_VERIFIED });

  constructor(
    private readonly env: Environment,
    private readonly clock: Clock,
    private readonly signingKeys: SigningKeys,
  ) {}

  async issue({
    aud,
    tid,
    sub,
    scope,
    lifetimeSeconds = ACCESS_TOKEN_SECONDS,
  }: NewAccessToken): Promise<string> {
    const now = this.nowSeconds();
    const { kid, privateKey } = await this.signingKeys.getSigner();
    // NumericDate has whole seconds for most readers. The milliseconds distinguish a token issued before a rotation
    // from one issued after it in the same second.
    return new SignJWT({ tid, scope, iat_ms: this.clock.now().getTime() })
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: 'at+jwt', kid })
      .setIssuer(this.env.tokenIssuer)
      .setAudience(aud)
      .setSubject(sub)
      .setIssuedAt(now)
      .setExpirationTime(now + lifetimeSeconds)
      .setJti(randomToken(12))
      .sign(privateKey);
  }

  /**
   * The claims, or `null` when the token was not issued here, was altered, or has expired. The caller checks the
   * audience.
   */
  async verify(token: string): Promise<VerifiedToken | null> {
    if (token.length > MAX_TOKEN_LENGTH) return null;
    const claims = this.verified.get(token) ?? (await this.check(token));
    return claims !== null && claims.expiresAtSeconds > this.nowSeconds() ? claims : null;
  }

  private async check(token: string): Promise<VerifiedToken | null> {
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.signingKeys.getPublicKey(kid), {
        algorithms: [SIGNING_ALGORITHM],
        issuer: this.env.tokenIssuer,
        typ: 'at+jwt',
        currentDate: this.clock.now(),
      });
      const claims = readClaims(payload);
      if (claims === null) return null;
      this.verified.set(token, claims);
      return claims;
    } catch {
      // Every fault of a token gets the same refusal; its cause is not disclosed.
      return null;
    }
  }

  private nowSeconds(): number {
    return Math.floor(this.clock.now().getTime() / 1000);
  }
}
