import { Injectable } from '@nestjs/common';
import { Environment } from '../config/env.js';
import type { Credential } from '../entities/credential.entity.js';

type Aged = Pick<Credential, 'kind' | 'createdAt' | 'rotatedAt' | 'expiresAt'>;

/** The maximum age of secrets, by the kind of key (`KEY_MAX_AGE_DAYS`). It counts for keys from before it was set too. */
@Injectable()
export class KeyAge {
  constructor(private readonly env: Environment) {}

  /** When the key ends: as it was issued, or when its secret is too old; `null`: never. */
  endOf({ kind, createdAt, rotatedAt, expiresAt }: Aged): Date | null {
    const maxAgeMs = this.env.keyMaxAgeMs.get(kind);
    if (maxAgeMs === undefined) return expiresAt;
    const tooOldAt = new Date((rotatedAt ?? createdAt).getTime() + maxAgeMs);
    return expiresAt !== null && expiresAt < tooOldAt ? expiresAt : tooOldAt;
  }
}
