/** The APIs that accept access tokens; a token has one of them as its audience. */
const AUDIENCES = ['workspace', 'platform', 'admin'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** Claims of an access token. `sub` is the id of the session (workspace API) or of the credential (every other API). */
export interface AccessTokenClaims {
  aud: Audience;
  /** Platform id. */
  tid: string;
  sub: string;
  /** Space-separated scopes, RFC 8693 §4.2. */
  scope: string;
}

export interface VerifiedToken extends AccessTokenClaims {
  issuedAt: Date;
  expiresAtSeconds: number;
}

/** Ids become bigint parameters: any other text would make the statement fail. */
const PLATFORM_ID = /^(?:0|[1-9]\d{0,17})$/;
const ID = /^[1-9]\d{0,17}$/;

/**
 * The claims of a payload; `null` when one is missing or has another type: a valid signature does not guarantee their
 * form.
 */
export function readClaims({
  aud,
  tid,
  sub,
  scope,
  exp,
  iat_ms: issuedAtMs,
}: Record<string, unknown>): VerifiedToken | null {
  const audience = AUDIENCES.find((name) => name === aud);
  if (audience === undefined) return null;
  if (typeof tid !== 'string' || !PLATFORM_ID.test(tid)) return null;
  if (typeof sub !== 'string' || !ID.test(sub)) return null;
  if (typeof scope !== 'string') return null;
  if (typeof exp !== 'number' || !Number.isSafeInteger(exp)) return null;
  if (typeof issuedAtMs !== 'number' || !Number.isSafeInteger(issuedAtMs)) return null;
  return { aud: audience, tid, sub, scope, issuedAt: new Date(issuedAtMs), expiresAtSeconds: exp };
}
