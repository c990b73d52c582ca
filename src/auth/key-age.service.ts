import { Injectable } from '@nestjs/common';
import { Environment } from '../config/env.js';
import type { Credential } from '../entities/credential.entity.js';

type Aged = Pick<Credential, 'kind' | 'createdAt' | 'rotatedAt' | 'expiresAt'>;

/**
 * The maximum age of secrets, by the kind of key (`KEY_MAX_AGE_DAYS`). It also applies to keys issued before it was
 * set.
 */
@Injectable()
export class KeyAge {
  constructor(private readonly env: Environment) {}

  /** When the key ends: at its expiry, or when its secret reaches the maximum age; `null`: never. */
  endOf({ kind, createdAt, rotatedAt, expiresAt }: Aged): Date | null {
    const maxAgeMs = this.env.keyMaxAgeMs.get(kind);
    if (maxAgeMs === undefined) return expiresAt;
    const tooOldAt = new Date((rotatedAt ?? createdAt).getTime() + maxAgeMs);
    return expiresAt !== null && expiresAt < tooOldAt ? expiresAt : tooOldAt;
  }
}
