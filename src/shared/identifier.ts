/** Identifiers that a platform chooses for its customers and accounts. */
export const IDENTIFIER_MIN = 5;
export const IDENTIFIER_MAX = 100;
const FORM = /^[-0-9a-zA-Z]*$/;

/** Whether text consists of characters of an identifier only, at any length. */
export function hasIdentifierForm(text: string): boolean {
  return FORM.test(text);
}

/** Whether text has the form of an identifier; other text is never looked up. */
export function isIdentifier(text: string): boolean {
  return hasIdentifierForm(text) && text.length >= IDENTIFIER_MIN && text.length <= IDENTIFIER_MAX;
}
