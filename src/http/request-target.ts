const ABSOLUTE_FORM = /^https?:\/\/[^/?#]+/i;
/** Unreserved characters of RFC 3986 §2.3, percent-encoded. */
const ENCODED_UNRESERVED = /%(?:4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae]|3[0-9]|2[de])/gi;

/**
 * The target of a request in one form, from which routing, error format, idempotency and limits are decided: the path
 * of an absolute form (RFC 9112 §3.2.2), with unreserved characters decoded (RFC 3986 §6.2.2.2). The query stays as it
 * was sent.
 */
export function normalTarget(target: string): string {
  if (target.startsWith('/') && !target.includes('%')) return target;
  const [path = '', ...query] = target.replace(ABSOLUTE_FORM, '').split('?');
  const decoded = path.replace(ENCODED_UNRESERVED, decodeURIComponent);
  return [isEmptyPath(target, decoded) ? '/' : decoded, ...query].join('?');
}

/** The path of an absolute form may be missing. */
function isEmptyPath(target: string, path: string): boolean {
  return path === '' && ABSOLUTE_FORM.test(target);
}
