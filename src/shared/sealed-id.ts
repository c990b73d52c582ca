import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { fromBase64Url } from './base64url.js';

const CIPHER = 'aes-256-ecb';
const KEY_BYTES = 32;
const BLOCK_BYTES = 16;
const HALF_BYTES = 8;

/**
 * Shows the id of a tenant's row without the number of a sequence that counts the rows of all tenants. Platform id and row
 * id are one block of AES-256, so a row has one sealed id, and an altered id or another tenant's does not open: half of
 * the block is known.
 */
export class SealedId {
  private readonly key: KeyObject;

  /** @param purpose what the ids are of (HKDF info): an id sealed for one purpose never opens for another */
  constructor(pepper: string, purpose: string) {
    this.key = createSecretKey(Buffer.from(hkdfSync('sha256', pepper, '', purpose, KEY_BYTES)));
  }

  /** 22 characters of base64url. */
  seal(platformId: string, id: string): string {
    const block = Buffer.alloc(BLOCK_BYTES);
    block.writeBigUInt64BE(BigInt(platformId));
    block.writeBigUInt64BE(BigInt(id), HALF_BYTES);
    const cipher = createCipheriv(CIPHER, this.key, null).setAutoPadding(false);
    return Buffer.concat([cipher.update(block), cipher.final()]).toString('base64url');
  }

  /** The row id, or `null` when it was not sealed for this platform and purpose under this pepper. */
  open(platformId: string, text: string): string | null {
    const sealed = fromBase64Url(text);
    if (sealed?.length !== BLOCK_BYTES) return null;
    const decipher = createDecipheriv(CIPHER, this.key, null).setAutoPadding(false);
    const block = Buffer.concat([decipher.update(sealed), decipher.final()]);
    return block.readBigUInt64BE() === BigInt(platformId) ? String(block.readBigUInt64BE(HALF_BYTES)) : null;
  }
}
