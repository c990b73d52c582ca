/** The APIs a token is good for, one of them each. */
const AUDIENCES = ['workspace', 'platform', 'admin'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** What an access token says. `sub` names the session (workspace) or the credential (every other API). */
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

/** Ids go into statements as numbers: any other text would be a fault of the statement. */
const PLATFORM_ID = /^(?:0|[1-9]\d{0,17})$/;
const ID = /^[1-9]\d{0,17}$/;

/** The claims of a payload, or `null` when one is missing or of another type: a signature says nothing of their form. */
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
