import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Environment } from '../config/env.js';

/** Secrets are random and long (≥ 256 bits), so one keyed hash protects them; a slow one would add nothing. */
@Injectable()
export class SecretHasher {
  /** Digest of the secret that was found right for a hash, for as long as somebody keeps the hash itself. */
  private readonly proven = new WeakMap<Buffer, string>();

  constructor(private readonly env: Environment) {}

  hash(secret: string): Buffer {
    return createHmac('sha256', this.env.secretPepper).update(secret).digest();
  }

  /**
   * Whether it is the secret of any of these hashes: in constant time, also where there is none to compare to. What was
   * found right is remembered by its digest, which is cheaper than the keyed hash.
   */
  matches(secret: string, ...hashes: (Buffer | null)[]): boolean {
    const digest = hash('sha256', secret, 'base64');
    if (hashes.some((known) => known !== null && this.proven.get(known) === digest)) return true;
    const right = this.findRight(secret, hashes);
    if (right !== undefined) this.proven.set(right, digest);
    return right !== undefined;
  }

  private findRight(secret: string, hashes: readonly (Buffer | null)[]): Buffer | undefined {
    const given = this.hash(secret);
    const none = Buffer.alloc(given.length);
    // Each is compared, whichever is right.
    const [right] = hashes
      .filter((known) => timingSafeEqual(given, known ?? none))
      .filter((known) => known !== null);
    return right;
  }
}
