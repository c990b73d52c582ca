import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Environment } from '../config/env.js';

/** Secrets are random and long (≥ 256 bits), so one keyed hash protects them; a slow one would add nothing. */
@Injectable()
export class SecretHasher {
  constructor(private readonly env: Environment) {}

  hash(secret: string): Buffer {
    return createHmac('sha256', this.env.secretPepper).update(secret).digest();
  }

  /** Whether it is the secret of any of these hashes: in constant time, also where there is none to compare to. */
  matches(secret: string, ...hashes: (Buffer | null)[]): boolean {
    const given = this.hash(secret);
    const none = Buffer.alloc(given.length);
    return hashes
      .map((hash) => timingSafeEqual(given, hash ?? none) && hash !== null)
      .some((matches) => matches);
  }
}
