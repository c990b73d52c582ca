import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts texts that must be decrypted later (AES-256-GCM): nonce, tag and ciphertext, concatenated. Each is bound to
 * its row by associated data, so that a copy in another row does not decrypt.
 */
export class SealedBox {
  private readonly newest: KeyObject;
  private readonly older: readonly KeyObject[];

  /**
   * @param peppers texts are encrypted under the first; texts encrypted under any of them decrypt
   * @param purpose the kind of text (HKDF info): a text encrypted for one purpose never decrypts for another
   */
  constructor(peppers: readonly string[], purpose: string) {
    const [newest, ...older] = peppers.map((pepper) =>
      createSecretKey(Buffer.from(hkdfSync('sha256', pepper, '', purpose, KEY_BYTES))),
    );
    if (newest === undefined) throw new Error('a SealedBox needs at least one pepper');
    this.newest = newest;
    this.older = older;
  }

  /** @param row the parts of the row's key */
  seal(text: string, row: readonly string[]): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.newest, nonce).setAAD(identityOf(row));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** @throws Error when the text was encrypted under another pepper, or for another purpose or row, or was altered */
  open(sealed: Buffer, row: readonly string[]): string {
    const text = this.find(sealed, row);
    if (text === null)
      throw new Error('an encrypted text does not decrypt: wrong pepper, purpose or row, or it was altered');
    return text;
  }

  /** The decrypted text; `null` where `open` throws. */
  find(sealed: Buffer, row: readonly string[]): string | null {
    for (const key of [this.newest, ...this.older]) {
      const text = tryOpen(key, sealed, row);
      if (text !== null) return text;
    }
    return null;
  }

  /** Whether it decrypts under the newest pepper. */
  isCurrent(sealed: Buffer, row: readonly string[]): boolean {
    return tryOpen(this.newest, sealed, row) !== null;
  }
}

function tryOpen(key: KeyObject, sealed: Buffer, row: readonly string[]): string | null {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return null;
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(identityOf(row));
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const text = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8');
  try {
    return text + decipher.final('utf8');
  } catch {
    // Authentication fails in the same way for another key, another row or an altered text.
    return null;
  }
}

function identityOf(row: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(row));
}
