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
 * Seals texts that must be read again (AES-256-GCM): nonce, tag and ciphertext, one after the other. Each is bound to
 * the row it stands in, so that a copy in another row does not open.
 */
export class SealedBox {
  private readonly key: KeyObject;

  /** @param purpose what is sealed (HKDF info): a text sealed for one purpose never opens for another */
  constructor(pepper: string, purpose: string) {
    this.key = createSecretKey(Buffer.from(hkdfSync('sha256', pepper, '', purpose, KEY_BYTES)));
  }

  /** @param row the key of the row, part by part */
  seal(text: string, row: readonly string[]): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.key, nonce).setAAD(identityOf(row));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** @throws Error when it was sealed under another pepper, for another purpose or row, or was altered */
  open(sealed: Buffer, row: readonly string[]): string {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(CIPHER, this.key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(identityOf(row));
    decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const rest = sealed.subarray(NONCE_BYTES + TAG_BYTES);
    return decipher.update(rest, undefined, 'utf8') + decipher.final('utf8');
  }
}

function identityOf(row: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(row));
}
