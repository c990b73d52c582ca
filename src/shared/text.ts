// C0 and C1 controls, and the line and paragraph separators that act like them.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const NO_CONTROL = '[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]';
// Invisible characters that reorder or hide text: bidirectional controls and the byte order mark.
const DECEPTIVE = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;
// Every emoji of the standard's list, with flags, keycaps and joined families; not digits, © or ™.
const EMOJI = /\p{RGI_Emoji}/v;
// Parts of emoji sequences, which the list above does not contain on their own.
const EMOJI_PART = /[\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}\u20e3\ufe0f]|\p{Emoji_Presentation}/u;

/** Text that may be displayed: well-formed Unicode, without controls, characters that reorder text, or emoji. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !CONTROL.test(text) && !DECEPTIVE.test(text) && !hasEmoji(text);
}

export function hasEmoji(text: string): boolean {
  // The list of sequences costs ten times as much.
  return EMOJI_PART.test(text) || EMOJI.test(text);
}

/**
 * A regular expression that describes such text in every dialect: no control characters, and at least this
 * many characters, not counting surrounding spaces. Excluding emoji and bidirectional controls would need an unreadable
 * expression.
 */
export function plainTextPattern(min = 0): string {
  if (min === 0) return `^${NO_CONTROL}*$`;
  const visible = NO_CONTROL.replace(']', '\\s]');
  const inner = min === 1 ? '' : `${NO_CONTROL}{${min - 2},}${visible}`;
  return `^${NO_CONTROL}*${visible}${inner}${NO_CONTROL}*$`;
}

/** Length in code points, as the contracts count characters. */
export function codePointLength(text: string): number {
  let length = 0;
  for (let at = 0; at < text.length; at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) length++;
  return length;
}
