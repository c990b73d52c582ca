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

  /** In constant time. Without a hash to compare to it takes as long and is false. */
  matches(secret: string, hash: Buffer | null): boolean {
    const given = this.hash(secret);
    return timingSafeEqual(given, hash ?? Buffer.alloc(given.length)) && hash !== null;
  }
}
