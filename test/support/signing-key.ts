import { generateKeyPairSync } from 'node:crypto';

/** A value of TOKEN_SIGNING_KEY: the PKCS #8 PEM of a new private key, without a final line break. */
export function aSigningKey(namedCurve = 'P-256'): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim();
}
