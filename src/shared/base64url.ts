/** Decodes base64url without padding (RFC 4648 §5); `null` for any other text: each value has one spelling. */
export function fromBase64Url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}
