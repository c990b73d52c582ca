import Negotiator from 'negotiator';

/** Media-type parameters other than the weight, such as `charset` or `indent`. */
const PARAMETER = /;\s*(?!q\s*=)[\w.+-]+\s*=\s*(?:"[^"]*"|[^\s",;]*)/gi;

/**
 * The media type that a request's `Accept` header prefers (RFC 9110, section 12.5.1), in the order of the header where
 * it weighs several the same. Parameters are ignored: clients send them, and no type here has variants.
 * @param accept the header's value; `undefined`: the request has none and accepts any type
 * @returns `null` when none is acceptable
 */
export function preferredMediaType<Type extends string>(
  accept: string | undefined,
  offered: readonly Type[],
): Type | null {
  const negotiator = new Negotiator({ headers: { accept: accept?.replace(PARAMETER, '') } });
  const type = negotiator.mediaType([...offered]);
  return offered.find((one) => one === type) ?? null;
}
