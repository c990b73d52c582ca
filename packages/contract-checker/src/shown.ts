import type { HttpCall } from './http-client.js';
import type { SecretRedactor } from './secrets.js';

const LONGEST = 240;
// A server under test may send any text: it must not control the reader's terminal.
const NOT_PRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu;

/** Prepares untrusted text for display: masks secrets, escapes control characters, and truncates. */
export function shown(text: string, secrets: SecretRedactor, longest = LONGEST): string {
  // Masked first: truncation could leave a part of a secret that is no longer recognised.
  const masked = secrets.mask(text).replace(NOT_PRINTABLE, escapeOf);
  const characters = Array.from(masked);
  return characters.length <= longest ? masked : `${characters.slice(0, longest).join('')}…`;
}

/** A request on one line, without its headers, because they contain the secrets. */
export function shownCall({ method, path, body, raw }: HttpCall, secrets: SecretRedactor): string {
  const sent = raw ?? (body === undefined ? '' : JSON.stringify(body));
  return shown(`${method} ${path} ${sent}`.trim(), secrets);
}

function escapeOf(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
