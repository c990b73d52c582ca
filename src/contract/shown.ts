import type { HttpCall } from './http-client.js';
import type { SecretRedactor } from './secrets.js';

const LONGEST = 240;
// A server under test may send anything: its text must not control the terminal of the reader.
const NOT_PRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu;

/** Text from outside as it may be shown: no secrets, no control characters, not long. */
export function shown(text: string, secrets: SecretRedactor, longest = LONGEST): string {
  // Masked first: a cut could leave half of a secret that is recognised no more.
  const masked = secrets.mask(text).replace(NOT_PRINTABLE, escapeOf);
  const characters = Array.from(masked);
  return characters.length <= longest ? masked : `${characters.slice(0, longest).join('')}…`;
}

/** A request on one line. Its headers are not shown: that is where the secrets are. */
export function shownCall({ method, path, body, raw }: HttpCall, secrets: SecretRedactor): string {
  const sent = raw ?? (body === undefined ? '' : JSON.stringify(body));
  return shown(`${method} ${path} ${sent}`.trim(), secrets);
}

function escapeOf(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
