import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { calculateJwkThumbprint, exportJWK, type JSONWebKeySet, type JWK } from 'jose';
import { Environment } from '../config/env.js';

/** JWS algorithm (RFC 7518) of every key of TOKEN_SIGNING_KEY. */
export const SIGNING_ALGORITHM = 'ES256';

export interface SigningKey {
  /** The JWK thumbprint (RFC 7638) of the public key: the same in every process. */
  kid: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
  publicJwk: JWK;
}

/**
 * The keys of TOKEN_SIGNING_KEY. The first signs; each verifies the signatures that name it by `kid`, so that a key can
 * be replaced while signatures of the previous key stay valid.
 */
@Injectable()
export class SigningKeys {
  private loaded: Promise<[first: SigningKey, ...others: SigningKey[]]> | undefined;

  constructor(private readonly env: Environment) {}

  /** The key that signs. */
  async getSigner(): Promise<SigningKey> {
    const [first] = await this.load();
    return first;
  }

  /**
   * The key that verifies a JWS. Every release has written `kid`, so a JWS without one is not from this installation.
   * @throws Error when no key has the id
   */
  async getPublicKey(kid: string | undefined): Promise<KeyObject> {
    const key = (await this.load()).find((one) => one.kid === kid);
    if (key === undefined) throw new Error('no signing key has the key id');
    return key.publicKey;
  }

  /** The public keys as a JWK Set (RFC 7517), in the order of the list, for clients that verify tokens offline. */
  async keySet(): Promise<JSONWebKeySet> {
    return { keys: (await this.load()).map(({ publicJwk }) => publicJwk) };
  }

  private load(): Promise<[SigningKey, ...SigningKey[]]> {
    this.loaded ??= (async () => {
      const [first, ...others] = await Promise.all(this.env.tokenSigningKeys.map(toSigningKey));
      if (first === undefined) throw new Error('there is no signing key');
      return [first, ...others];
    })();
    return this.loaded;
  }
}

async function toSigningKey(pem: string): Promise<SigningKey> {
  const privateKey = createPrivateKey(pem);
  const publicKey = createPublicKey(privateKey);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, privateKey, publicKey, publicJwk: { ...jwk, kid, use: 'sig', alg: SIGNING_ALGORITHM } };
}
