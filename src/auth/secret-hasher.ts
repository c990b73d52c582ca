import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Environment } from '../config/env.js';
import { DIGEST_BYTES, TAG_BYTES, tagOf } from '../shared/pepper.js';

const NO_DIGEST = Buffer.alloc(DIGEST_BYTES);

/**
 * Secrets are random and long (≥ 256 bits), so one keyed hash protects them; a slow hash would add nothing. A hash is
 * HMAC-SHA-256; while several peppers are listed it begins with the tag of its pepper (4 bytes). With one pepper hashes
 * have no tag, so that processes of an earlier version, which do not know tags, can read them during an upgrade.
 */
@Injectable()
export class SecretHasher {
  private readonly peppers: readonly string[];
  private readonly newest: string;
  /** Tag of the hashes made now; `null`: one pepper is listed, and hashes have no tag. */
  readonly newestTag: Buffer | null;
  /** Digest of the secret that matched a hash, for as long as the hash itself is referenced. */
  private readonly proven = new WeakMap<Buffer, string>();

  constructor({ secretPeppers }: Environment) {
    const [newest = ''] = secretPeppers;
    this.peppers = secretPeppers;
    this.newest = newest;
    this.newestTag = secretPeppers.length > 1 ? tagOf(newest) : null;
  }

  /** Hashes a secret under the newest pepper. */
  hash(secret: string): Buffer {
    const digest = keyedHash(this.newest, secret);
    return this.newestTag === null ? digest : Buffer.concat([this.newestTag, digest]);
  }

  /**
   * Whether the secret matches any of these hashes, under any pepper. Takes constant time, also when there is no hash
   * to compare with. The digest of a matching secret is cached, because it is cheaper than the keyed hash.
   */
  matches(secret: string, ...hashes: (Buffer | null)[]): boolean {
    const digest = hash('sha256', secret, 'base64');
    if (hashes.some((known) => known !== null && this.proven.get(known) === digest)) return true;
    const right = this.findRight(secret, hashes);
    if (right !== undefined) this.proven.set(right, digest);
    return right !== undefined;
  }

  /** Whether the hash was made under the newest pepper and has its tag. */
  isCurrent(hashed: Buffer): boolean {
    if (this.newestTag === null) return true;
    return hashed.length === TAG_BYTES + DIGEST_BYTES && hashed.subarray(0, TAG_BYTES).equals(this.newestTag);
  }

  /** The hash under the newest pepper; `null` when the hash is of another secret, or current already. */
  renewed(secret: string, hashed: Buffer): Buffer | null {
    return !this.isCurrent(hashed) && this.matches(secret, hashed) ? this.hash(secret) : null;
  }

  /** The keyed hashes of a secret, one under each pepper. */
  digests(secret: string): Buffer[] {
    return this.peppers.map((pepper) => keyedHash(pepper, secret));
  }

  private findRight(secret: string, hashes: readonly (Buffer | null)[]): Buffer | undefined {
    const given = this.digests(secret);
    // Compares with every hash, also after a match, so that the time is constant.
    const [right] = hashes
      .filter((known) => given.filter((digest) => timingSafeEqual(digest, digestIn(known))).length > 0)
      .filter((known) => known !== null);
    return right;
  }
}

function keyedHash(pepper: string, secret: string): Buffer {
  return createHmac('sha256', pepper).update(secret).digest();
}

/** Without its tag. */
function digestIn(hashed: Buffer | null): Buffer {
  return hashed === null || hashed.length < DIGEST_BYTES ? NO_DIGEST : hashed.subarray(-DIGEST_BYTES);
}
