/**
 * Keys and refresh tokens contain their platform's id, so that a lookup by key is limited to one tenant:
 * `<prefix>_<platform id>_<rest>`.
 */
export function toOpaqueToken(prefix: string, platformId: string, rest: string): string {
  return `${prefix}_${platformId}_${rest}`;
}

const MAX_LENGTH = 200;

/** The platform id and the rest; `null` when the text does not have this form. */
export function parseOpaqueToken(prefix: string, token: string): { platformId: string; rest: string } | null {
  if (token.length > MAX_LENGTH) return null;
  const match = /^([a-z]+)_(0|[1-9]\d{0,17})_([\w-]+)$/.exec(token);
  if (match === null || match[1] !== prefix) return null;
  return { platformId: match[2] ?? '', rest: match[3] ?? '' };
}
