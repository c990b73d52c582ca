import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

interface ParsedSigningKeys {
  /** PEM of each private key, in their order. */
  pems: readonly string[];
  /** Each problem names the variable first, then the key by its position in the list, and repeats no key. */
  problems: readonly string[];
}

const MAX_KEYS = 5;
/** White space after the last line of a PEM block (RFC 7468), or nothing. */
const BETWEEN_KEYS = /(?<=-----END [A-Z ]+-----)\s*/;
/** One block. OpenSSL ignores text before a block, so the text is matched as a whole. */
const PEM_BLOCK = /^-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----$/;

/** Reads PKCS #8 PEM blocks of EC P-256 private keys, one after the other; line breaks may be written as `\n`. */
export function parseSigningKeys(text: string): ParsedSigningKeys {
  const pems = text.replaceAll('\\n', '\n').trim().split(BETWEEN_KEYS);
  const keys = pems.map(toPublicKey);
  const problems = keys.flatMap((key, index) => {
    if (key === null) return [`key ${index + 1} must be the PKCS #8 PEM of an EC P-256 private key`];
    const first = keys.findIndex((other) => other?.equals(key));
    return first === index ? [] : [`key ${index + 1} is the same as key ${first + 1}`];
  });
  if (pems.length > MAX_KEYS) problems.push(`holds ${pems.length} keys, but may hold ${MAX_KEYS}`);
  return { pems, problems: problems.map((problem) => `TOKEN_SIGNING_KEY ${problem}`) };
}

/** `null` when it is not a private key of the curve. */
function toPublicKey(pem: string): KeyObject | null {
  if (!PEM_BLOCK.test(pem)) return null;
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? createPublicKey(key) : null;
  } catch {
    return null;
  }
}
