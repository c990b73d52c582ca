import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { calculateJwkThumbprint, exportJWK, type JWK, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { Environment } from '../config/env.js';
import { Clock } from '../shared/clock.js';
import { randomToken } from '../shared/ids.js';
import { type AccessTokenClaims, readClaims, type VerifiedToken } from './access-token-claims.js';

const ALGORITHM = 'ES256';
export const ACCESS_TOKEN_SECONDS = 15 * 60;
const MAX_VERIFIED = 10_000;
const MAX_TOKEN_LENGTH = 4_096;

/** A token to issue. */
export interface NewAccessToken extends AccessTokenClaims {
  /** No more than `ACCESS_TOKEN_SECONDS`, which is what a missing value means. */
  lifetimeSeconds?: number;
}

/** Signs and verifies access tokens: JWT (RFC 7519) with ES256 and a key id. */
@Injectable()
export class AccessTokensService {
  private readonly privateKey: KeyObject;
  private readonly publicKey: KeyObject;
  /** Tokens whose signature was checked, so that each is checked once. Expiry is checked every time. */
  private readonly verified = new LRUCache<string, VerifiedToken>({ max: MAX_VERIFIED });
  private publicJwk: Promise<JWK> | undefined;

  constructor(
    private readonly env: Environment,
    private readonly clock: Clock,
  ) {
    this.privateKey = createPrivateKey(env.tokenSigningKey);
    this.publicKey = createPublicKey(this.privateKey);
  }

  async issue({
    aud,
    tid,
    sub,
    scope,
    lifetimeSeconds = ACCESS_TOKEN_SECONDS,
  }: NewAccessToken): Promise<string> {
    const now = this.nowSeconds();
    const { kid } = await this.jwk();
    // NumericDate has whole seconds for most readers: the milliseconds tell a token of the second in which its secret was
    // rotated from one of the next secret.
    return new SignJWT({ tid, scope, iat_ms: this.clock.now().getTime() })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt', ...(kid === undefined ? {} : { kid }) })
      .setIssuer(this.env.tokenIssuer)
      .setAudience(aud)
      .setSubject(sub)
      .setIssuedAt(now)
      .setExpirationTime(now + lifetimeSeconds)
      .setJti(randomToken(12))
      .sign(this.privateKey);
  }

  /** The claims, or `null` when the token is not ours, altered or expired. Whom it is for is the caller's check. */
  async verify(token: string): Promise<VerifiedToken | null> {
    if (token.length > MAX_TOKEN_LENGTH) return null;
    const claims = this.verified.get(token) ?? (await this.check(token));
    return claims !== null && claims.expiresAtSeconds > this.nowSeconds() ? claims : null;
  }

  /** The public key as a JWK Set (RFC 7517) for those who verify tokens themselves. */
  async keySet(): Promise<{ keys: JWK[] }> {
    return { keys: [await this.jwk()] };
  }

  private async check(token: string): Promise<VerifiedToken | null> {
    try {
      const { payload } = await jwtVerify(token, this.publicKey, {
        algorithms: [ALGORITHM],
        issuer: this.env.tokenIssuer,
        typ: 'at+jwt',
        currentDate: this.clock.now(),
      });
      const claims = readClaims(payload);
      if (claims === null) return null;
      this.verified.set(token, claims);
      return claims;
    } catch {
      // Any fault of a token is the same refusal, and its cause is nobody's business but its maker's.
      return null;
    }
  }

  private jwk(): Promise<JWK> {
    this.publicJwk ??= (async () => {
      const jwk = await exportJWK(this.publicKey);
      return { ...jwk, kid: await calculateJwkThumbprint(jwk), use: 'sig', alg: ALGORITHM };
    })();
    return this.publicJwk;
  }

  private nowSeconds(): number {
    return Math.floor(this.clock.now().getTime() / 1000);
  }
}
